#include "core/decision_table.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

model::JobId const no_job{1};

model::CreateJob plain_ride() {
    return {
        .workflow = "ride",
        .stops = {
            {.place = place(0), .pickup = {{1, 0, 0, 0}}},
            {.place = place(1000), .dropoff = {{1, 0, 0, 0}}}}};
}

model::JobId cancelled(City& city) {
    auto const job = city.ride(place(0), place(1000));
    city.tell(model::TransitionJob{.job = job, .to = "cancelled"});
    return job;
}

model::JobId quoted(City& city) {
    auto const job = city.visit(place(0));
    city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    return job;
}

model::Attachment photo() {
    return {.content = digest("photo"), .kind = model::AttachmentKind::photo_before};
}

model::JobId with_conflict(City& city) {
    auto const job = taken(city);
    auto const held = *city.assignment(job);
    auto const tapped = city.phone(held.agent);
    city.pass(Millis{1000});
    city.tell(model::TransitionJob{.job = job, .to = "cancelled"});
    city.tell(model::TransitionJob{.job = job, .assignment = held.id, .to = "en_route"}, tapped);
    REQUIRE(city.job(job).conflicts.size() == 1);
    return job;
}

template <class Change>
Row bad_job(std::string_view why, Change change) {
    return {why, Rejection::malformed, [change](City&) -> Told {
                auto create = plain_ride();
                change(create);
                return {create};
            }};
}

std::vector<Row> rows_of_creation() {
    return {
        {"a job", Rejection::none, [](City&) -> Told { return {plain_ride()}; }},
        {"a workflow nobody set",
         Rejection::workflow_unknown,
         [](City&) -> Told {
             auto create = plain_ride();
             create.workflow = "flight";
             return {create};
         }},
        {"the reference of another job",
         Rejection::job_exists,
         [](City& city) -> Told {
             auto create = plain_ride();
             create.reference = "R-1";
             city.tell(create);
             create.priority = 5;
             return {create};
         }},
        {"the same job asked for again is the same job",
         Rejection::none,
         [](City& city) -> Told {
             auto create = plain_ride();
             create.reference = "R-1";
             city.tell(create);
             return {create};
         }},
        {"beyond a guarded step",
         Rejection::guard_failed,
         [](City&) -> Told {
             auto create = plain_ride();
             create.workflow = "field_service";
             create.state = "scheduled";
             return {create};
         }},
        {"more skills than the region has bits for",
         Rejection::limit_reached,
         [](City&) -> Told {
             auto create = plain_ride();
             for (int slot = 0; slot < 5; ++slot) {
                 auto& need = create.slots.emplace_back();
                 for (int i = 0; i < 16; ++i)
                     need.skills.push_back("s" + std::to_string(slot * 16 + i));
             }
             return {create};
         }},
    };
}

std::vector<Row> rows_of_bad_jobs() {
    return {
        bad_job("no stops", [](auto& job) { job.stops.clear(); }),
        bad_job("17 stops", [](auto& job) { job.stops.resize(17); }),
        bad_job("17 slots", [](auto& job) { job.slots.resize(17); }),
        bad_job("off the earth", [](auto& job) { job.stops[0].place.lat = 900'000'001; }),
        bad_job(
            "a window that ends first",
            [](auto& job) {
                job.stops[0].window = {eight_o_clock, eight_o_clock - Millis{1}};
            }
        ),
        bad_job("drops what was not picked up", [](auto& job) { job.stops[0].pickup = {}; }),
        bad_job(
            "a negative load",
            [](auto& job) {
                job.stops[0].pickup = {{-1, 0, 0, 0}};
            }
        ),
        bad_job(
            "a service of eight days",
            [](auto& job) { job.stops[0].service = Millis{8 * 86'400'000LL}; }
        ),
        bad_job("at a hub that is none", [](auto& job) { job.stops[0].hub = model::ZoneId{9}; }),
        bad_job("priority 101", [](auto& job) { job.priority = 101; }),
        bad_job("a reference of 129 bytes", [](auto& job) { job.reference.assign(129, 'r'); }),
        bad_job("a deadline before the epoch", [](auto& job) { job.deadline = Instant{-1}; }),
        bad_job("a state that an assignment has", [](auto& job) { job.state = "accepted"; }),
        bad_job("17 names", [](auto& job) { job.slots.emplace_back().skills.assign(17, "drive"); }),
        bad_job("a nameless skill", [](auto& job) { job.slots.emplace_back().skills = {""}; }),
    };
}

std::vector<Row> rows_of_edits() {
    return {
        {"an edit",
         Rejection::none,
         [](City& city) -> Told {
             return {model::UpdateJob{.job = city.ride(place(0), place(9)), .priority = 3}};
         }},
        {"of no job",
         Rejection::job_unknown,
         [](City&) -> Told { return {model::UpdateJob{.job = no_job}}; }},
        {"of a job that is over",
         Rejection::job_over,
         [](City& city) -> Told {
             return {model::UpdateJob{.job = cancelled(city), .priority = 3}};
         }},
        {"of a job that is over, with a note beside it",
         Rejection::job_over,
         [](City& city) -> Told {
             return {
                 model::UpdateJob{.job = cancelled(city), .priority = 3, .notes = digest("late")}};
         }},
        {"a note on a job that is over",
         Rejection::none,
         [](City& city) -> Told {
             return {model::UpdateJob{.job = cancelled(city), .notes = digest("late")}};
         }},
        {"priority -1",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::UpdateJob{.job = city.ride(place(0), place(9)), .priority = -1}};
         }},
        {"no slots at all",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::UpdateJob{
                 .job = city.ride(place(0), place(9)), .slots = std::vector<model::NeedDraft>{}}};
         }},
        {"more stops while somebody has it",
         Rejection::malformed,
         [](City& city) -> Told {
             auto const job = taken(city);
             auto stops = city.job(job).stops;
             stops.push_back(stops.front());
             stops.back().pickup = {};
             return {model::UpdateJob{.job = job, .stops = stops}};
         }},
        {"more aboard than its agent can carry",
         Rejection::not_eligible,
         [](City& city) -> Told {
             auto const job = taken(city);
             auto stops = city.job(job).stops;
             stops[0].pickup = stops[1].dropoff = {{5, 0, 0, 0}};
             return {model::UpdateJob{.job = job, .stops = stops}};
         }},
        {"the same group moved meanwhile",
         Rejection::version_conflict,
         [](City& city) -> Told {
             auto const job = city.ride(place(0), place(9));
             auto const read = city.job(job).version;
             city.tell(model::UpdateJob{.job = job, .priority = 1});
             return {model::UpdateJob{.job = job, .if_version = read, .priority = 2}};
         }},
    };
}

std::vector<Row> rows_of_papers() {
    return {
        {"a quote",
         Rejection::none,
         [](City& city) -> Told {
             return {model::ProposeQuote{city.visit(place(0)), Cents{100}, "EUR"}};
         }},
        {"a quote of no job",
         Rejection::job_unknown,
         [](City&) -> Told {
             return {model::ProposeQuote{no_job, Cents{100}, "EUR"}};
         }},
        {"a quote past the draft",
         Rejection::quote_not_open,
         [](City& city) -> Told {
             return {model::ProposeQuote{city.ride(place(0), place(9)), Cents{100}, "EUR"}};
         }},
        {"euro is no currency code",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::ProposeQuote{city.visit(place(0)), Cents{100}, "euro"}};
         }},
        {"a negative amount",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::ProposeQuote{city.visit(place(0)), Cents{-1}, "EUR"}};
         }},
        {"a quote approved",
         Rejection::none,
         [](City& city) -> Told {
             return {model::DecideQuote{quoted(city), true}};
         }},
        {"no quote to decide on",
         Rejection::quote_not_open,
         [](City& city) -> Told {
             return {model::DecideQuote{city.visit(place(0)), true}};
         }},
        {"a quote decided of no job",
         Rejection::job_unknown,
         [](City&) -> Told {
             return {model::DecideQuote{no_job, true}};
         }},
    };
}

std::vector<Row> rows_of_documents() {
    return {
        {"a photo",
         Rejection::none,
         [](City& city) -> Told {
             return {model::AttachToJob{city.visit(place(0)), photo()}};
         }},
        {"a photo of no job",
         Rejection::job_unknown,
         [](City&) -> Told {
             return {model::AttachToJob{no_job, photo()}};
         }},
        {"the same photo again",
         Rejection::attachment_exists,
         [](City& city) -> Told {
             auto const job = city.visit(place(0));
             city.tell(model::AttachToJob{job, photo()});
             return {model::AttachToJob{job, photo()}};
         }},
        {"a photo without content",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::AttachToJob{city.visit(place(0)), {}}};
         }},
        {"the 65th attachment",
         Rejection::limit_reached,
         [](City& city) -> Told {
             auto const job = city.visit(place(0));
             for (std::size_t i = 0; i < model::attachments_max; ++i)
                 city.tell(model::AttachToJob{job, {.content = digest(std::to_string(i))}});
             return {model::AttachToJob{job, photo()}};
         }},
        {"a conflict resolved",
         Rejection::none,
         [](City& city) -> Told {
             auto const job = with_conflict(city);
             return {model::ResolveConflict{job, city.job(job).conflicts[0].number}};
         }},
        {"no such conflict",
         Rejection::conflict_unknown,
         [](City& city) -> Told {
             return {model::ResolveConflict{with_conflict(city), 1}};
         }},
        {"a conflict of no job",
         Rejection::job_unknown,
         [](City&) -> Told {
             return {model::ResolveConflict{no_job, 1}};
         }},
    };
}

}  // namespace

std::vector<Row> rows_of_jobs() {
    return joined(
        {rows_of_creation(),
         rows_of_bad_jobs(),
         rows_of_edits(),
         rows_of_papers(),
         rows_of_documents()}
    );
}

}  // namespace posthaste::core::testing
