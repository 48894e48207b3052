#include "api/live_agent.hpp"

#include <algorithm>
#include <atomic>

#include "api/conditions.hpp"
#include "api/json.hpp"
#include "api/tracks.hpp"
#include "ingest/ndjson.hpp"
#include "views/show.hpp"

namespace posthaste::api {

/// A command as it comes over the wire: its own fields beside the device's count and clock.
template <class C>
struct Upward {
    std::uint64_t operation = 0;
    Instant device_time;
    std::string traceparent;
    C command;

    static void fields(auto& self, auto&& field) {
        field(1, "operation", self.operation);
        field(2, "device_time", self.device_time);
        field(3, "traceparent", self.traceparent);
        C::fields(self.command, field);
    }
};
template <class C>
inline constexpr auto required_fields<Upward<C>> = required_fields<C>;

using AnyUpward = std::variant<
    Upward<model::ReceiveOffer>,
    Upward<model::AcceptOffer>,
    Upward<model::DeclineOffer>,
    Upward<model::TransitionJob>,
    Upward<model::FinishStop>,
    Upward<model::SetAvailability>,
    Upward<model::ReleaseAssignment>>;
}  // namespace posthaste::api

template <>
struct posthaste::views::AlternativeNames<posthaste::api::AnyUpward> {
    static constexpr auto all = std::to_array<std::string_view>(
        {"receipt", "accept", "decline", "transition", "finish_stop", "availability", "release"}
    );
};

namespace posthaste::api {
namespace {

using views::JobView;

std::string framed(std::string_view type, std::string_view data) {
    std::string text = R"({"type":")";
    text.append(type).append(R"(","data":)").append(data);
    return text += '}';
}

/// The answer to one message up.
std::string answer_text(
    std::string_view type, std::uint64_t operation, std::string_view more = {}
) {
    std::string text = R"({"type":")";
    text.append(type).append("\"");
    if (operation != 0) text += R"(,"operation":")" + std::to_string(operation) + '"';
    text += more;
    return text += '}';
}

std::string nack_text(std::uint64_t operation, Problem const& problem) {
    return answer_text("nack", operation, ",\"problem\":" + to_json(problem));
}

std::string ack_text(
    std::uint64_t operation, node::Reply const& reply, std::string_view traceparent
) {
    auto const& answer = reply.answer.value();
    std::string more = R"(,"number":")" + std::to_string(answer.number) + '"';
    if (answer.subject != 0) more += R"(,"subject":")" + std::to_string(answer.subject) + '"';
    if (reply.repeated) more += R"(,"repeated":true)";
    more.append(R"(,"traceparent":")").append(traceparent) += '"';
    return answer_text("ack", operation, more);
}

void write_value(JsonText& out, JsonValue const& value) {
    if (value.kind == JsonValue::Kind::boolean) return out.boolean(value.truth);
    if (value.kind == JsonValue::Kind::number) return out.raw(value.text);
    if (value.kind == JsonValue::Kind::string) return out.string(value.text);
    out.raw("null");  // a fix has no deeper fields
}

bool is_fix_field(std::string_view name) {
    constexpr auto others = std::to_array<std::string_view>({"type", "operation", "agent"});
    return std::ranges::find(others, name) == others.end() &&
           std::ranges::all_of(name, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
}

/// The line of POST /v1/fixes that says the same.
std::string fix_line(JsonValue const& fix, std::string_view reference) {
    JsonText out;
    out.open('{');
    out.key("agent");
    out.string(reference);
    for (std::size_t i = 0; i < fix.names.size(); ++i) {
        if (!is_fix_field(fix.names[i])) continue;
        out.key(fix.names[i]);
        write_value(out, fix.elements[i]);
    }
    out.close('}');
    return std::move(out).text();
}

std::string fix_lines(JsonValue const& message, std::string_view reference) {
    auto const* const list = message.member("fixes");
    if (list == nullptr) return fix_line(message, reference);
    std::string lines;
    for (auto const& fix : list->elements)
        lines += fix_line(fix, reference) + "\n";
    return lines;
}

std::uint64_t operation_of(JsonValue const& message) {
    auto const* const given = message.member("operation");
    auto const digits = given == nullptr ? std::nullopt : detail::digits_of(*given);
    return digits ? number_from<std::uint64_t>(*digits).value_or(0) : 0;
}

class Link final : public AgentLink, public std::enable_shared_from_this<Link> {
public:
    Link(std::shared_ptr<AgentDoor> door, Principal who, std::string device)
        : door_{std::move(door)}, who_{std::move(who)}, device_{std::move(device)} {}

    void tell(views::Message const& message, views::Text const& text, StampPtr const& stamp)
        override;
    bool is_welcome(Instant now) const override;
    void dismiss(std::string reason) override {
        if (session_) session_->close(WsClose::policy_error, std::move(reason));
    }

    void open(std::shared_ptr<WsSession> session);
    void hear(std::string const& text);
    void close() { door_->service.live.unlink(who_.agent, *this); }

private:
    void greet();
    bool send(std::string text, StampPtr const& stamp = nullptr) const {
        return session_->send(make_frame(std::move(text)), stamp);
    }
    void take_fixes(JsonValue const& message, std::uint64_t operation, Instant now);
    void take_command(std::string const& text, std::uint64_t operation);
    void submit(model::Command command, model::Envelope const& envelope);

    std::shared_ptr<AgentDoor> door_;
    Principal who_;
    std::string device_;
    std::string reference_;
    std::shared_ptr<WsSession> session_;
    std::atomic<std::size_t> in_flight_ = 0;
};

void Link::tell(views::Message const& message, views::Text const& text, StampPtr const& stamp) {
    std::string frame = R"({"type":")";
    frame.append(message.name).append("\"");
    if (message.cursor.number != 0) frame += R"(,"cursor":")" + to_text(message.cursor) + '"';
    if (!message.traceparent.empty()) frame += R"(,"traceparent":")" + message.traceparent + '"';
    frame += ",\"data\":" + *text + "}";
    send(std::move(frame), stamp);
}

void Link::open(std::shared_ptr<WsSession> session) {
    session_ = std::move(session);
    // First on the list, then the state: what changes between is told twice, never not at all.
    door_->service.live.link(who_.agent, shared_from_this());
    greet();
}

void Link::greet() {
    auto const& board = door_->service.board;
    auto const agent = board.agent(who_.agent);
    if (!agent) return session_->close(WsClose::policy_error, "the agent is gone");
    reference_ = agent->view->profile->reference;
    auto const number = board.number(region_of(who_.agent));
    send(
        R"({"type":"hello","agent":")" + std::to_string(raw(who_.agent)) + R"(","number":")" +
        std::to_string(number) + "\"}"
    );
    auto const audience = views::Audience::agent;
    send(framed("agent", views::shown(*agent, audience)));
    for (auto const id : agent->view->jobs) {
        if (auto const job = board.job(id)) send(framed("job", views::shown(*job, audience)));
    }
    auto const now = door_->service.clock.now();
    for (auto const& offer : board.inbox(who_.agent)) {
        views::JsonText out;
        show(out, offer, now);
        send(framed("offer", out.text()));
    }
    send(R"({"type":"ready"})");
}

bool Link::is_welcome(Instant now) const {
    auto const record = door_->keys(who_.key);
    return record && record->expires > now && record->agent == who_.agent;
}

void Link::hear(std::string const& text) {
    auto const now = door_->service.clock.now();
    if (!is_welcome(now)) return dismiss(std::string{not_welcome});
    auto const message = parse_json(text);
    if (!message.ok()) {
        send(nack_text(0, problem_of(message.error())));
        return;
    }
    auto const operation = operation_of(message.value());
    auto const* const type = message.value().member("type");
    if (type != nullptr && type->text == "fix") return take_fixes(message.value(), operation, now);
    take_command(text, operation);
}

void Link::take_fixes(JsonValue const& message, std::uint64_t operation, Instant now) {
    thread_local ingest::JsonScratch scratch;
    auto batch = ingest::parse_ndjson(scratch, fix_lines(message, reference_));
    if (!batch.ok()) {
        send(nack_text(operation, problem_of(batch.error())));
        return;
    }
    auto const self = shared_from_this();
    door_->service.tracks
        .take(who_, std::move(batch).value(), now, [self, operation](Taken const& taken) {
            if (taken.shed > 0 || taken.stored) {
                Problem const full{
                    .status = 503, .code = "limit_exceeded", .retry_after = Millis{1000}};
                self->send(nack_text(operation, full));
                return;
            }
            auto const report = ingest::ndjson_reply(taken.report);
            self->send(answer_text("ack", operation, ",\"report\":" + report));
        });
}

void Link::take_command(std::string const& text, std::uint64_t operation) {
    auto read = read_json<AnyUpward>(text);
    if (auto const* const problem = std::get_if<Problem>(&read)) {
        send(nack_text(operation, *problem));
        return;
    }
    if (operation == 0) {
        Problem const missing{
            .status = 422,
            .detail = "A command needs its operation's number.",
            .errors = {{"operation", "must be at least 1"}}};
        send(nack_text(operation, missing));
        return;
    }
    std::visit(
        [&](auto& upward) {
            if constexpr (requires { upward.command.availability; })
                upward.command.agent = who_.agent;
            model::Envelope const envelope{
                .role = who_.role,
                .key = who_.key,
                .agent = who_.agent,
                .device = device_,
                .operation = operation,
                .device_time = upward.device_time,
                .traceparent = traceparent_after(upward.traceparent)};
            submit(std::move(upward.command), envelope);
        },
        std::get<AnyUpward>(read)
    );
}

void Link::submit(model::Command command, model::Envelope const& envelope) {
    auto const operation = envelope.operation;
    Problem const full{
        .status = 429,
        .code = "limit_exceeded",
        .detail = "Too many commands wait for their answer.",
        .retry_after = Millis{1000}};
    if (++in_flight_ > in_flight_max) {
        --in_flight_;
        send(nack_text(operation, full));
        return;
    }
    auto const self = shared_from_this();
    auto const reply = [self, operation, trace = envelope.traceparent](node::Reply const& answer) {
        --self->in_flight_;
        if (!answer.answer.ok()) {
            self->send(nack_text(operation, problem_of(answer.answer.error())));
            return;
        }
        auto const& said = answer.answer.value();
        bool const is_no = said.rejection != model::Rejection::none;
        self->send(
            is_no ? nack_text(operation, problem_of(said.rejection, said.detail))
                  : ack_text(operation, answer, trace)
        );
    };
    auto const sent = door_->service.shard.submit(
        region_of(who_.agent),
        {.envelope = envelope, .command = std::move(command), .reply_to = reply}
    );
    if (sent.ok()) return;
    --in_flight_;
    send(nack_text(operation, problem_of(sent.error())));
}

}  // namespace

void open_agent_link(std::shared_ptr<AgentDoor> door, Call const& call, Responder responder) {
    std::string device{call.request.query_value("device").value_or("phone")};
    if (device.empty() || device.size() > model::device_bytes_max) {
        return responder.send(to_response(
            {.status = 400,
             .detail = "device must have 1 to 64 bytes.",
             .errors = {{"device", "must have 1 to 64 bytes"}}}
        ));
    }
    auto const link = std::make_shared<Link>(std::move(door), call.principal, std::move(device));
    // The session's own handlers keep the link; they go when it closes.
    auto const session = responder.upgrade({
        .on_message = [link](auto const&, std::string const& text) { link->hear(text); },
        .on_close = [link] { link->close(); },
    });
    link->open(session);
}

}  // namespace posthaste::api
