#include "core/decision_table.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

RegionId const one{1};

model::Zone circle() {
    return {.name = "depot", .centre = place(0), .radius = Metres{100}};
}

template <class Change>
Row bad_policy(std::string_view why, Change change) {
    return {why, Rejection::malformed, [change](City&) -> Told {
                auto policy = straight_policy();
                change(policy);
                return {model::SetPolicy{policy}};
            }};
}

Row control(std::string_view why, Rejection expected, std::function<Told(City&)> make) {
    return {why, expected, std::move(make), control_region};
}

void acme(City& city) {
    city.tell(model::CreateTenant{"acme"});
}

model::CreateKey plain_key() {
    return {.tenant = "acme", .secret = digest("secret"), .role = model::Role::dispatcher};
}

std::vector<Row> rows_of_rules() {
    return {
        {"a policy",
         Rejection::none,
         [](City&) -> Told { return {model::SetPolicy{straight_policy()}}; }},
        bad_policy("a nameless policy", [](auto& policy) { policy.name.clear(); }),
        bad_policy("lost before stale", [](auto& policy) { policy.lost_after = Millis{1}; }),
        bad_policy("nobody to ask", [](auto& policy) { policy.candidates_max = 0; }),
        bad_policy("a speed of nothing", [](auto& policy) { policy.speed_mm_s[3] = 0; }),
        bad_policy(
            "receipt after expiry",
            [](auto& policy) { policy.offer_receipt = policy.offer_expires + Millis{1}; }
        ),
        {"a workflow",
         Rejection::none,
         [](City&) -> Told {
             return {model::SetWorkflow{"ride", workflow_text("ride")}};
         }},
        {"no workflow at all",
         Rejection::workflow_invalid,
         [](City&) -> Told {
             return {model::SetWorkflow{"ride", "name = "}};
         }},
        {"a workflow of another name",
         Rejection::workflow_invalid,
         [](City&) -> Told {
             return {model::SetWorkflow{"trip", workflow_text("ride")}};
         }},
        {"a workflow without a name",
         Rejection::malformed,
         [](City&) -> Told {
             return {model::SetWorkflow{"", workflow_text("ride")}};
         }},
    };
}

std::vector<Row> rows_of_zones() {
    return {
        {"a zone", Rejection::none, [](City&) -> Told { return {model::SetZone{circle()}}; }},
        {"a nameless zone",
         Rejection::malformed,
         [](City&) -> Told {
             auto zone = circle();
             zone.name.clear();
             return {model::SetZone{zone}};
         }},
        {"a zone without a shape",
         Rejection::zone_invalid,
         [](City&) -> Told {
             auto zone = circle();
             zone.radius = {};
             return {model::SetZone{zone}};
         }},
        {"a zone that there is not, changed",
         Rejection::zone_unknown,
         [](City&) -> Told {
             auto zone = circle();
             zone.id = model::ZoneId{9};
             return {model::SetZone{zone}};
         }},
        {"a zone gone",
         Rejection::none,
         [](City& city) -> Told {
             return {model::RemoveZone{
                 model::ZoneId{city.tell(model::SetZone{circle()}).answer.subject}}};
         }},
        {"a zone gone, as it was seen",
         Rejection::none,
         [](City& city) -> Told {
             model::ZoneId const zone{city.tell(model::SetZone{circle()}).answer.subject};
             return {model::RemoveZone{zone, city.state().zones.at(zone).version}};
         }},
        {"a zone replaced, changed since it was seen",
         Rejection::version_conflict,
         [](City& city) -> Told {
             auto zone = circle();
             zone.id = model::ZoneId{city.tell(model::SetZone{zone}).answer.subject};
             auto const seen = city.state().zones.at(zone.id).version;
             city.tell(model::SetZone{zone});
             return {model::SetZone{zone, seen}};
         }},
        {"a zone gone, changed since it was seen",
         Rejection::version_conflict,
         [](City& city) -> Told {
             model::ZoneId const zone{city.tell(model::SetZone{circle()}).answer.subject};
             auto const seen = city.state().zones.at(zone).version;
             auto other = circle();
             other.id = zone;
             city.tell(model::SetZone{other});
             return {model::RemoveZone{zone, seen}};
         }},
        {"no zone gone",
         Rejection::zone_unknown,
         [](City&) -> Told { return {model::RemoveZone{model::ZoneId{9}}}; }},
    };
}

model::RoadReport flood(City const& city) {
    return {.line = {place(0)}, .until = city.now + Millis{1000}};
}

template <class Change>
Row bad_report(std::string_view why, Change change) {
    return {why, Rejection::malformed, [change](City& city) -> Told {
                auto report = flood(city);
                change(report);
                return {model::PostRoadReport{report}};
            }};
}

std::vector<Row> rows_of_road_reports() {
    return {
        {"a road closed",
         Rejection::none,
         [](City& city) -> Told { return {model::PostRoadReport{flood(city)}}; }},
        bad_report("a road nowhere", [](auto& report) { report.line.clear(); }),
        bad_report("a road of too many points", [](auto& report) { report.line.resize(101); }),
        bad_report(
            "a road off the earth", [](auto& report) { report.line[0].lat = 1'000'000'000; }
        ),
        bad_report("a report that is over", [](auto& report) { report.until = Instant{1}; }),
        bad_report(
            "a report for ever",
            [](auto& report) { report.until = report.until + model::road_report_span_max; }
        ),
        bad_report("a long story", [](auto& report) { report.reason.assign(201, 'x'); }),
        bad_report(
            "slow, and as fast as ever",
            [](auto& report) {
                report.kind = model::RoadReportKind::slow;
                report.slower_per_mille = 1000;
            }
        ),
        {"a road open again",
         Rejection::none,
         [](City& city) -> Told {
             auto const posted = city.tell(model::PostRoadReport{flood(city)});
             return {model::LiftRoadReport{model::RoadReportId{posted.answer.subject}}};
         }},
        {"no report lifted",
         Rejection::road_report_unknown,
         [](City&) -> Told { return {model::LiftRoadReport{model::RoadReportId{9}}}; }},
    };
}

std::vector<Row> rows_of_regions() {
    return {
        control(
            "a tenant", Rejection::none, [](City&) -> Told { return {model::CreateTenant{"acme"}}; }
        ),
        control(
            "a nameless tenant",
            Rejection::malformed,
            [](City&) -> Told { return {model::CreateTenant{}}; }
        ),
        {"a tenant in a city",
         Rejection::wrong_region,
         [](City&) -> Told { return {model::CreateTenant{"acme"}}; }},
        control(
            "a job in the control region",
            Rejection::wrong_region,
            [](City&) -> Told { return {model::CreateJob{}}; }
        ),
        control(
            "a region",
            Rejection::none,
            [](City& city) -> Told {
                acme(city);
                return {model::CreateRegion{one, "acme", "town", place(0)}};
            }
        ),
        control(
            "a region of nobody",
            Rejection::tenant_unknown,
            [](City&) -> Told {
                return {model::CreateRegion{one, "acme", "town", place(0)}};
            }
        ),
        control(
            "the control region once more",
            Rejection::malformed,
            [](City& city) -> Told {
                acme(city);
                return {model::CreateRegion{control_region, "acme", "town", place(0)}};
            }
        ),
        control(
            "another region of that number",
            Rejection::region_exists,
            [](City& city) -> Told {
                acme(city);
                city.tell(model::CreateRegion{one, "acme", "town", place(0)});
                return {model::CreateRegion{one, "acme", "village", place(0)}};
            }
        ),
    };
}

std::vector<Row> rows_of_keys() {
    return {
        control(
            "a key",
            Rejection::none,
            [](City& city) -> Told {
                acme(city);
                return {plain_key()};
            }
        ),
        control(
            "a key of nobody",
            Rejection::tenant_unknown,
            [](City&) -> Told { return {plain_key()}; }
        ),
        control(
            "a key of the installation",
            Rejection::none,
            [](City&) -> Told {
                auto key = plain_key();
                key.tenant = {};
                key.role = model::Role::admin;
                return {key};
            }
        ),
        control(
            "a key of the installation that only looks",
            Rejection::tenant_unknown,
            [](City&) -> Told {
                auto key = plain_key();
                key.tenant = {};
                key.role = model::Role::viewer;
                return {key};
            }
        ),
        control(
            "a key that opens nothing",
            Rejection::malformed,
            [](City& city) -> Told {
                acme(city);
                auto key = plain_key();
                key.secret = {};
                return {key};
            }
        ),
        control(
            "a key for the engine",
            Rejection::malformed,
            [](City& city) -> Told {
                acme(city);
                auto key = plain_key();
                key.role = model::Role::engine;
                return {key};
            }
        ),
        control(
            "an agent's key without an agent",
            Rejection::malformed,
            [](City& city) -> Told {
                acme(city);
                auto key = plain_key();
                key.role = model::Role::agent;
                return {key};
            }
        ),
        control(
            "a key revoked",
            Rejection::none,
            [](City& city) -> Told {
                acme(city);
                return {model::RevokeKey{model::KeyId{city.tell(plain_key()).answer.subject}}};
            }
        ),
        control(
            "no key revoked",
            Rejection::key_unknown,
            [](City&) -> Told { return {model::RevokeKey{model::KeyId{9}}}; }
        ),
    };
}

}  // namespace

std::vector<Row> rows_of_config() {
    return joined({rows_of_rules(), rows_of_zones(), rows_of_road_reports()});
}

std::vector<Row> rows_of_control() {
    return joined({rows_of_regions(), rows_of_keys()});
}

std::vector<Row> rows_of_memory() {
    return {
        {"an id of two days ago",
         Rejection::id_expired,
         [](City& city) -> Told {
             auto who = office();
             who.command = city.new_id();
             city.pass(Millis{2 * 86'400'000LL});
             return {model::SetZone{circle()}, who};
         }},
        {"an id with another body",
         Rejection::id_reused,
         [](City& city) -> Told {
             auto who = office();
             who.command = city.new_id();
             city.tell(model::SetZone{circle()}, who);
             auto zone = circle();
             zone.name = "another";
             return {model::SetZone{zone}, who};
         }},
        {"an operation with 257 missing before it",
         Rejection::limit_reached,
         [](City& city) -> Told {
             auto who = city.phone(model::AgentId{5});
             who.operation = gaps_max + 2;
             return {model::SetZone{circle()}, who};
         }},
    };
}

}  // namespace posthaste::core::testing
