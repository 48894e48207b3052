// architecture.md, Semantics: Versions. Each test bears the sentence it holds up.
#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Group;
using model::Rejection;

TEST_CASE("Versions: a record's version is the number of its last event") {
    City city;
    auto const job = city.visit(place(0));
    auto const created = city.job(job).version;
    auto const heard = city.tell(model::UpdateJob{.job = job, .priority = 4});
    // JobUpdated, then CommandConcluded: the answer's number is the last of the two.
    CHECK(city.job(job).version == heard.answer.number - 1);
    CHECK(city.job(job).version > created);
    CHECK(city.job(job).version == city.state().last_event - 1);
}

TEST_CASE("Versions: each field group has its own") {
    City city;
    auto const job = city.visit(place(0));
    auto const before = city.job(job).group_versions;
    auto const moved = [&](model::UpdateJob update) {
        auto const old = city.job(job).group_versions;
        update.job = job;
        REQUIRE(city.tell(update).rejection() == Rejection::none);
        std::vector<Group> groups;
        for (std::size_t i = 0; i < model::group_count; ++i) {
            if (city.job(job).group_versions[i] != old[i]) groups.push_back(static_cast<Group>(i));
        }
        return groups;
    };
    using Groups = std::vector<Group>;
    CHECK(moved({.priority = 1}) == Groups{Group::details});
    CHECK(moved({.contact = model::SubjectId{4}}) == Groups{Group::details});
    CHECK(moved({.stops = city.job(job).stops}) == Groups{Group::window});
    CHECK(moved({.deadline = city.now + Millis{9}}) == Groups{Group::window});
    CHECK(moved({.slots = std::vector<model::NeedDraft>(1)}) == Groups{Group::requirements});
    CHECK(moved({.notes = digest("n")}) == Groups{Group::notes});
    auto const assignment = static_cast<std::size_t>(Group::assignment);
    CHECK(city.job(job).group_versions[assignment] == before[assignment]);
}

TEST_CASE("Versions: PATCH fails only when a group it touches moved, and shows both values") {
    City city;
    auto const job = city.visit(place(0));
    auto const read = city.job(job).version;
    city.tell(model::UpdateJob{.job = job, .priority = 1});
    auto const details = city.job(job).version;
    auto const note =
        city.tell(model::UpdateJob{.job = job, .if_version = read, .notes = digest("ring twice")});
    CHECK(note.rejection() == Rejection::none);
    auto const clash =
        city.tell(model::UpdateJob{.job = job, .if_version = read, .priority = 9, .notes = {}});
    CHECK(clash.rejection() == Rejection::version_conflict);
    CHECK(
        clash.answer.detail == "details: changed at version " + std::to_string(details) +
                                   ", the edit was made on version " + std::to_string(read)
    );
    CHECK(city.job(job).priority == 1);
}

TEST_CASE("Versions: the engine's own work never costs a dispatcher a 412") {
    City city;
    city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    auto const read = city.job(job).version;
    city.accept(job);
    city.step(job, "en_route");
    city.see(city.assignment(job)->agent, place(500));
    CHECK(city.shown(job) == "arrived");
    CHECK(city.job(job).version > read);
    auto const edit = city.tell(model::UpdateJob{
        .job = job, .if_version = read, .priority = 9, .notes = digest("blue coat")});
    CHECK(edit.rejection() == Rejection::none);
}

TEST_CASE("Versions: dispatcher, manager and technician edit different fields at once: merged") {
    City city;
    auto const tech = city.driver("T", place(0));
    auto const job = city.visit(place(500));
    city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    city.tell(model::DecideQuote{job, true});
    REQUIRE(
        city.tell(model::TransitionJob{.job = job, .to = "scheduled"}).rejection() ==
        Rejection::none
    );
    REQUIRE(city.assignment(job)->agent == tech);
    auto const read = city.job(job).version;  // all three have this page open
    auto manager = office();
    manager.key = model::KeyId{8};
    auto const later = city.now + Millis{86'400'000};

    auto const priority =
        city.tell(model::UpdateJob{.job = job, .if_version = read, .priority = 80});
    auto const deadline =
        city.tell(model::UpdateJob{.job = job, .if_version = read, .deadline = later}, manager);
    auto const accepted = city.tap(
        tech,
        model::TransitionJob{
            .job = job,
            .assignment = city.assignment(job)->id,
            .to = "accepted",
            .if_version = read}
    );
    CHECK(priority.rejection() == Rejection::none);
    CHECK(deadline.rejection() == Rejection::none);
    CHECK(accepted.rejection() == Rejection::none);
    CHECK(city.job(job).priority == 80);
    CHECK(city.job(job).deadline == later);
    CHECK(city.shown(job) == "accepted");
    CHECK(city.assignment(job)->agent == tech);
}

TEST_CASE("Versions: the same field edited at once is a conflict that both can see") {
    City city;
    auto const job = city.visit(place(0));
    auto const read = city.job(job).version;
    city.tell(model::UpdateJob{.job = job, .if_version = read, .notes = digest("gate 4")});
    auto manager = office();
    manager.key = model::KeyId{8};
    auto const second = city.tell(
        model::UpdateJob{.job = job, .if_version = read, .notes = digest("gate 5")}, manager
    );
    CHECK(second.rejection() == Rejection::version_conflict);
    CHECK(second.answer.detail.starts_with("notes: changed at version "));
    CHECK(city.job(job).notes == digest("gate 4"));
    auto const seen = city.job(job).version;  // looks, and decides
    auto const third = city.tell(
        model::UpdateJob{.job = job, .if_version = seen, .notes = digest("gate 5")}, manager
    );
    CHECK(third.rejection() == Rejection::none);
}

TEST_CASE("Envelope: the hash of the workflow version that the job began with") {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const text = workflow_text("ride");
    auto const first = city.state().workflows.at(city.state().workflow_names.at("ride")).hash;
    auto const of_last = [&] { return city.entries.back().envelope.workflow_hash; };
    CHECK(first != 0);
    CHECK(of_last() == 0);  // a fix of an agent without work
    auto const job = city.ride(place(500), place(1000));
    CHECK(of_last() == first);  // what the engine made of it
    CHECK(city.entries[city.entries.size() - 2].envelope.workflow_hash == first);
    REQUIRE(
        city.tell(model::SetWorkflow{"ride", "# newer\n" + text}).rejection() ==
        model::Rejection::none
    );
    auto const newer = city.state().workflows.at(city.state().workflow_names.at("ride")).hash;
    CHECK(newer != first);
    city.accept(job);
    CHECK(of_last() == first);
    city.step(job, "en_route");
    CHECK(of_last() == first);
    city.see(driver, place(500));
    CHECK(of_last() == first);
    city.tell(model::FinishStop{city.assignment(job)->id, 9});
    CHECK(of_last() == first);  // refused, and still about that job
    city.ride(place(500), place(1000));
    CHECK(of_last() == newer);
    city.pass(city.state().policy.offer_receipt);  // an offer's timer
    CHECK(of_last() == newer);
}

TEST_CASE("Late is not lost: an offline phone's operation that cannot apply is kept and resolvable"
) {
    City city;
    auto const driver = city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    city.accept(job);
    auto const held = *city.assignment(job);
    auto tapped = city.phone(driver);  // tapped in a tunnel
    city.pass(Millis{60'000});
    city.tell(model::TransitionJob{.job = job, .to = "cancelled"});
    city.pass(Millis{60'000});
    auto const heard = city.tell(
        model::TransitionJob{.job = job, .assignment = held.id, .to = "en_route"}, tapped
    );
    CHECK(heard.rejection() == Rejection::assignment_unknown);
    REQUIRE(city.job(job).conflicts.size() == 1);
    auto const conflict = city.job(job).conflicts[0];
    CHECK(conflict.agent == driver);
    CHECK(conflict.operation == "TransitionJob");
    CHECK(conflict.wanted == "en_route");
    CHECK(conflict.found == "cancelled");
    CHECK(conflict.device_time == eight_o_clock);
    CHECK(city.shown(job) == "cancelled");
    city.tell(model::ResolveConflict{job, conflict.number});
    CHECK(city.job(job).conflicts.empty());
}

}  // namespace posthaste::core::testing
