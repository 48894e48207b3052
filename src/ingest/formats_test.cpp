// One table per format, with messages as the real apps send them; and one of messages that are
// wrong, each with the error its sender must get.
#include <doctest/doctest.h>

#include <string>

#include "ingest/device_time.hpp"
#include "ingest/ndjson.hpp"
#include "ingest/osmand.hpp"
#include "ingest/owntracks.hpp"
#include "ingest/traccar.hpp"

namespace posthaste::ingest {

namespace {

constexpr Instant received{1'700'000'000'000};
// 2025-06-15T13:45:12.862Z: 20,254 days after the epoch, 49,512.862 s into the day.
constexpr Instant june{1'749'995'112'862};

RawFix only_fix(Result<Batch> const& parsed) {
    REQUIRE_MESSAGE(parsed.ok(), (parsed.ok() ? "" : parsed.error().detail));
    REQUIRE(parsed.value().errors.empty());
    REQUIRE(parsed.value().fixes.size() == 1);
    CHECK(parsed.value().fixes.front().line == 1);
    return parsed.value().fixes.front();
}

std::string error_of(Result<Batch> const& parsed) {
    if (parsed.ok()) {
        REQUIRE(parsed.value().errors.size() == 1);
        return parsed.value().errors.front().error.detail;
    }
    return parsed.error().detail;
}

void check_place(RawFix const& fix, std::int64_t lat_e7, std::int64_t lon_e7) {
    CHECK(fix.lat.e7 == lat_e7);
    CHECK(fix.lon.e7 == lon_e7);
}

}  // namespace

TEST_CASE("times as trackers write them") {
    struct Row {
        std::string_view text;
        std::int64_t millis;  // -1: refused
    };
    for (Row const& row : {
             Row{"1970-01-01T00:00:00Z", 0},
             Row{"2025-06-15T13:45:12.862Z", june.millis()},
             Row{"2025-06-15T15:45:12.862+02:00", june.millis()},
             Row{"2025-06-15T11:45:12.8629999-0200", june.millis()},
             Row{"2025-06-15 14:45:12.862+01", june.millis()},
             Row{"2024-02-29T12:00:00Z", 1'709'208'000'000},
             Row{"2016-12-31T23:59:60Z", 1'483'228'800'000},  // the leap second is the next second
             Row{"2025-02-29T12:00:00Z", -1},
             Row{"2025-13-01T12:00:00Z", -1},
             Row{"2025-06-15T24:00:00Z", -1},
             Row{"2025-06-15T13:45Z", -1},
             Row{"2025-06-15T13:45:12.Z", -1},
             Row{"2025-06-15T13:45:12+25:00", -1},
             Row{"2025-06-15T13:45:12Zulu", -1},
             Row{"2025-06-15T13:45:12", -1},  // whose noon?
             Row{"2025-06-15", -1},
             Row{"", -1},
         }) {
        CAPTURE(row.text);
        auto const time = parse_timestamp(row.text, Zone::required);
        CHECK(time.has_value() == (row.millis >= 0));
        if (time) CHECK(time->millis() == row.millis);
    }
    CHECK(
        parse_timestamp("2014-06-04 09:10:11", Zone::utc_if_absent) == Instant{1'401'873'011'000}
    );
    CHECK(parse_epoch("1377177267") == Instant{1'377'177'267'000});
    CHECK(parse_epoch("1377177267.25") == Instant{1'377'177'267'250});
    CHECK(parse_epoch("2147483647") == Instant{2'147'483'647'000});
    CHECK(parse_epoch("2147483648") == Instant{2'147'483'648});  // from here on milliseconds
    CHECK(parse_epoch("1442068686579") == Instant{1'442'068'686'579});
    CHECK_FALSE(parse_epoch("yesterday").has_value());
}

TEST_CASE("NDJSON: every field, and only the required ones") {
    JsonScratch scratch;
    RawFix const full = only_fix(parse_ndjson(
        scratch,
        R"({"agent":"T-17","lat":57.7088714,"lon":-11.9745712,"time":"2025-06-15T13:45:12.862Z",)"
        R"("accuracy":4.2,"speed":8.3,"heading":359.6,"battery":80,"mock":true,"extra":[{"a":1}]})"
    ));
    CHECK(full.device == "T-17");
    check_place(full, 577'088'714, -119'745'712);
    CHECK(full.time == june);
    CHECK(full.accuracy_m == 5);
    CHECK(full.speed_mm_s == 8300);
    CHECK(full.heading_deg == 0);
    CHECK(full.battery == 80);
    CHECK(full.is_mock);
    CHECK(full.source == Source::ndjson);

    RawFix const bare = only_fix(parse_ndjson(
        scratch,
        "{ \"agent\" : 281474976710673 , \"lat\": 1e1, \"lon\": -0 ,\"time\":1749995112862 }\r\n"
    ));
    CHECK(bare.device == "281474976710673");
    check_place(bare, 100'000'000, 0);
    CHECK(bare.time == june);
    CHECK(bare.accuracy_m == 0);
    CHECK(bare.speed_mm_s == -1);
    CHECK(bare.heading_deg == -1);
    CHECK(bare.battery == -1);
    CHECK_FALSE(bare.is_mock);
}

TEST_CASE("NDJSON: a bad line spoils no other, and blank lines are only counted") {
    JsonScratch scratch;
    std::string const good = R"({"agent":"a","lat":1,"lon":2,"time":3})";
    auto const parsed =
        parse_ndjson(scratch, good + "\n\n{\"agent\":\"a\"\n" + good + "\nnonsense\n" + good);
    REQUIRE(parsed.ok());
    Batch const& batch = parsed.value();
    REQUIRE(batch.fixes.size() == 3);
    CHECK(batch.fixes[0].line == 1);
    CHECK(batch.fixes[1].line == 4);
    CHECK(batch.fixes[2].line == 6);
    REQUIRE(batch.errors.size() == 2);
    CHECK(batch.errors[0].line == 3);
    CHECK(batch.errors[1].line == 5);
}

TEST_CASE("NDJSON: an array is a batch too, with an error per element") {
    JsonScratch scratch;
    auto const parsed = parse_ndjson(
        scratch,
        "\n [ {\"agent\":\"a\",\"lat\":1,\"lon\":2,\"time\":3},\n 7, "
        "{\"agent\":\"b\",\"lat\":\"x\"},"
        "{\"agent\":\"c\",\"lat\":1,\"lon\":2,\"time\":1} ] "
    );
    REQUIRE(parsed.ok());
    Batch batch = parsed.value();
    REQUIRE(batch.fixes.size() == 2);
    CHECK(batch.fixes[1].device == "c");
    CHECK(batch.fixes[1].line == 4);
    REQUIRE(batch.errors.size() == 2);
    CHECK(batch.errors[0].error.detail == "the element is not a JSON object");
    CHECK(batch.errors[1].error.detail == "lat: must be a number, in decimal degrees");
    sort_by_time(batch.fixes);
    CHECK(batch.fixes[0].device == "c");
    CHECK(parse_ndjson(scratch, "[]").value().fixes.empty());
}

TEST_CASE("NDJSON: each malformed line has its own error") {
    JsonScratch scratch;
    struct Row {
        std::string_view body;
        std::string_view error;
    };
    for (Row const& row : {
             Row{"", "the body is empty; send one JSON object a line"},
             Row{" \r\n\n", "the body is empty; send one JSON object a line"},
             Row{R"({"lat":1,"lon":2,"time":3})", "agent: is missing; send who the fix is of"},
             Row{R"({"agent":"","lat":1,"lon":2,"time":3})",
                 "agent: is missing; send who the fix is of"},
             Row{R"({"agent":"a","lon":2,"time":3})", "lat: is missing; send decimal degrees"},
             Row{R"({"agent":"a","lat":null,"lon":2,"time":3})",
                 "lat: is missing; send decimal degrees"},
             Row{R"({"agent":"a","lat":1,"time":3})", "lon: is missing; send decimal degrees"},
             Row{R"({"agent":"a","lat":1,"lon":2})",
                 "time: is missing; send when the device was there"},
             Row{R"({"agent":"a","lat":"57.7","lon":2,"time":3})",
                 "lat: must be a number, in decimal degrees"},
             Row{R"({"agent":"a","lat":1,"lon":[2],"time":3})",
                 "lon: must be a number, in decimal degrees"},
             Row{R"({"agent":"a","lat":1,"lon":2,"time":"2025-06-15T13:45:12"})",
                 "time: must be ISO 8601 with Z or an offset, as 2026-01-31T12:00:00Z, or a number "
                 "since 1970"},
             Row{R"({"agent":"a","lat":1,"lon":2,"time":true})",
                 "time: must be seconds or milliseconds since 1970, or ISO 8601 text"},
             Row{R"({"agent":"a","lat":1,"lon":2,"time":3,"accuracy":"low"})",
                 "accuracy: must be a number"},
             Row{R"({"agent":"a","lat":1,"lon":2,"time":3,"speed":{}})", "speed: must be a number"},
             Row{R"({"agent":"a\u0007","lat":1,"lon":2,"time":3})",
                 "agent: must be printable UTF-8"},
             Row{R"({"agent":"01234567890123456789012345678901234567890123456789012345678901234",)"
                 R"("lat":1,"lon":2,"time":3})",
                 "agent: is longer than 64 bytes"},
         }) {
        CAPTURE(row.body);
        CHECK(error_of(parse_ndjson(scratch, row.body)) == row.error);
    }
    for (std::string_view const body :
         {"{",
          "}",
          "{]",
          "\"text\"",
          "7",
          "null",
          R"({"agent":"a","lat":1,"lon":2,"time":3)",
          R"({"agent":"a,"lat":1})",
          R"({"agent":"a"}{"agent":"b"})",
          R"({"agent":"a"} x)",
          "{\"agent\":\"\xff\"}",
          "[{]",
          "[1,2",
          "[] []"}) {
        CAPTURE(body);
        auto const parsed = parse_ndjson(scratch, body);
        bool const is_refused = !parsed.ok() || !parsed.value().errors.empty();
        CHECK(is_refused);
    }
}

TEST_CASE("NDJSON: the answers at the limits") {
    JsonScratch scratch;
    std::string const fix = R"({"agent":"a","lat":1,"lon":2,"time":3})";
    std::string lines;
    for (std::size_t i = 0; i < batch_fixes_max; ++i)
        lines += fix + "\n";
    CHECK(parse_ndjson(scratch, lines).value().fixes.size() == batch_fixes_max);
    auto const one_more = parse_ndjson(scratch, lines + "\n");
    REQUIRE_FALSE(one_more.ok());
    CHECK(one_more.error().code == Errc::limit_exceeded);

    std::string array = "[" + fix;
    for (std::size_t i = 1; i < batch_fixes_max; ++i)
        array += "," + fix;
    CHECK(parse_ndjson(scratch, array + "]").value().fixes.size() == batch_fixes_max);
    auto const element_more = parse_ndjson(scratch, array + "," + fix + "]");
    REQUIRE_FALSE(element_more.ok());
    CHECK(element_more.error().code == Errc::limit_exceeded);

    std::string const padded = fix + std::string(line_bytes_max - fix.size(), ' ');
    auto const long_line = parse_ndjson(scratch, padded + " \n" + padded);
    REQUIRE(long_line.ok());
    CHECK(long_line.value().fixes.size() == 1);
    REQUIRE(long_line.value().errors.size() == 1);
    CHECK(long_line.value().errors[0].error.code == Errc::limit_exceeded);

    CHECK(parse_ndjson(scratch, std::string(batch_bytes_max, ' ')).error().code == Errc::malformed);
    CHECK(
        parse_ndjson(scratch, std::string(batch_bytes_max + 1, ' ')).error().code ==
        Errc::limit_exceeded
    );
}

TEST_CASE("OsmAnd query: as loggers and Traccar's client send it") {
    RawFix fix = only_fix(parse_osmand_query(
        "id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0"
        "&altitude=224.0&speed=0.0",
        received
    ));
    CHECK(fix.device == "902064");
    check_place(fix, 420'628'800, -882'341'200);
    CHECK(fix.time == Instant{1'453'920'947'000});
    CHECK(fix.speed_mm_s == 0);
    CHECK(fix.source == Source::osmand);

    fix = only_fix(parse_osmand_query(
        "lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&altitude=384.7&speed=0.0"
        "&id=353861053849681",
        received
    ));
    CHECK(fix.time == Instant{1'401'873'011'000});

    fix = only_fix(parse_osmand_query(
        "id=123456789012345&timestamp=1504763810&lat=40.7232948571&lon=-74.0061408571"
        "&bearing=7.19889788244&speed=40&ignition=true&rpm=933&fuel=24&batt=87&accuracy=12",
        received
    ));
    check_place(fix, 407'232'949, -740'061'409);
    CHECK(fix.speed_mm_s == 20'578);  // 40 knots = 20.5778 m/s
    CHECK(fix.heading_deg == 7);
    CHECK(fix.battery == 87);
    CHECK(fix.accuracy_m == 12);

    fix = only_fix(parse_osmand_query(
        "lat=60.0&lon=30.0&speed=NaN&heading=0.0&vacc=0&altitude=0&deviceid=123456&mock=true",
        received
    ));
    CHECK(fix.time == received);  // no timestamp: when we heard of it
    CHECK(fix.speed_mm_s == -1);
    CHECK(fix.heading_deg == 0);
    CHECK(fix.is_mock);

    fix = only_fix(parse_osmand_query("id=1&timestamp=1377177267&location=60.0,30.0", received));
    check_place(fix, 600'000'000, 300'000'000);

    fix = only_fix(parse_osmand_query(
        "id=1&timestamp=1377177267&cell=257,02,16,2224&wifi=00-14-22-01-23-45,-80", received
    ));
    CHECK_FALSE(fix.has_fix);
    CHECK_FALSE(only_fix(parse_osmand_query("id=1&lat=1&lon=2&valid=false", received)).has_fix);
    fix = only_fix(parse_osmand_query("&&id=%C3%A5&lat=1&lon=2&valid=1&", received));
    CHECK(fix.device == "\xc3\xa5");
}

TEST_CASE("OsmAnd query: each malformed parameter has its own error") {
    struct Row {
        std::string_view query;
        std::string_view error;
    };
    for (Row const& row : {
             Row{"", "id: is missing; send who the fix is of"},
             Row{"lat=1&lon=2", "id: is missing; send who the fix is of"},
             Row{"id=1&lon=2", "lat: is missing; send decimal degrees"},
             Row{"id=1&lat=1", "lon: is missing; send decimal degrees"},
             Row{"id=1&lat=north&lon=2", "lat: must be a number, in decimal degrees"},
             Row{"id=1&lat=1,5&lon=2", "lat: must be a number, in decimal degrees"},
             Row{"id=1&location=60.0", "location: must be lat,lon"},
             Row{"id=1&lat=1&lon=2&timestamp=noon",
                 "timestamp: must be seconds or milliseconds since 1970, or ISO 8601 text"},
             Row{"id=1&lat=1&lon=2&speed=fast", "speed: must be a number"},
             Row{"id=%4&lat=1&lon=2", "id: has a bad % escape"},
             Row{"id=%zz&lat=1&lon=2", "id: has a bad % escape"},
             Row{"id=%FF&lat=1&lon=2", "id: must be printable UTF-8"},
             Row{"id=a%0Ab&lat=1&lon=2", "id: must be printable UTF-8"},
         }) {
        CAPTURE(row.query);
        CHECK(error_of(parse_osmand_query(row.query, received)) == row.error);
    }
    std::string const tail(message_bytes_max - 15, 'x');
    CHECK(parse_osmand_query("id=1&lat=1&lon=2&x=" + tail.substr(4), received).ok());
    CHECK(
        parse_osmand_query("id=1&lat=1&lon=2&x=" + tail, received).error().code ==
        Errc::limit_exceeded
    );
}

TEST_CASE("OsmAnd JSON: as Traccar's client 9 sends it, one location or a backlog") {
    JsonScratch scratch;
    RawFix fix = only_fix(parse_osmand_json(
        scratch,
        R"({"location":{"timestamp":"2025-06-15T13:45:12.862Z","coords":{"latitude":37.4219983,)"
        R"("longitude":-122.084,"accuracy":5,"speed":0,"heading":-1,"altitude":5},)"
        R"("is_moving":false,"odometer":0,"event":"motionchange",)"
        R"("battery":{"level":1,"is_charging":false},)"
        R"("activity":{"type":"still"},"extras":{},"_":"&id=48241179&"},"device_id":"48241179"})",
        received
    ));
    CHECK(fix.device == "48241179");
    check_place(fix, 374'219'983, -1'220'840'000);
    CHECK(fix.time == june);
    CHECK(fix.speed_mm_s == 0);
    CHECK(fix.heading_deg == -1);
    CHECK(fix.battery == 100);
    CHECK_FALSE(fix.is_mock);

    fix = only_fix(parse_osmand_json(
        scratch,
        R"({"location":{"extras":{},"mock":true,"coords":{"speed_accuracy":-1,"speed":-1,)"
        R"("longitude":-122.406417,"floor":null,"latitude":37.785834000000001,"accuracy":5,)"
        R"("heading":-1},"battery":{"level":-1,"is_charging":false},)"
        R"("timestamp":"2025-05-09T04:11:30.579Z"},"device_id":"658765"})",
        received
    ));
    check_place(fix, 377'858'340, -1'224'064'170);
    CHECK(fix.speed_mm_s == -1);
    CHECK(fix.battery == -1);
    CHECK(fix.is_mock);

    auto const backlog = parse_osmand_json(
        scratch,
        R"({"device_id":7,"location":[{"timestamp":1,"coords":{"latitude":1,"longitude":2,)"
        R"("speed":18.67}},{"coords":{"latitude":1}},8,{"coords":{"latitude":3,"longitude":4}}]})",
        received
    );
    REQUIRE(backlog.ok());
    REQUIRE(backlog.value().fixes.size() == 2);
    CHECK(backlog.value().fixes[0].speed_mm_s == 18'670);
    CHECK(backlog.value().fixes[0].device == "7");
    CHECK(backlog.value().fixes[1].time == received);
    CHECK(backlog.value().fixes[1].line == 4);
    REQUIRE(backlog.value().errors.size() == 2);
    CHECK(backlog.value().errors[0].line == 2);
}

TEST_CASE("OsmAnd JSON: each malformed body has its own error") {
    JsonScratch scratch;
    struct Row {
        std::string_view body;
        std::string_view error;
    };
    for (Row const& row : {
             Row{R"({"device_id":"1"})", "location: is missing; send timestamp and coords"},
             Row{R"({"device_id":"1","location":5})",
                 "location: must be an object with timestamp and coords"},
             Row{R"({"device_id":"1","location":{}})",
                 "location.coords.latitude: is missing; send decimal degrees"},
             Row{R"({"location":{"coords":{"latitude":1,"longitude":2}}})",
                 "device_id: is missing; send who the fix is of"},
             Row{R"({"device_id":"1","location":{"coords":{"latitude":"1","longitude":2}}})",
                 "location.coords.latitude: must be a number, in decimal degrees"},
             Row{R"({"device_id":"1","location":{"coords":{"latitude":1,"longitude":2},)"
                 R"("timestamp":"now"}})",
                 "location.timestamp: must be seconds or milliseconds since 1970, or ISO 8601 "
                 "text"},
         }) {
        CAPTURE(row.body);
        CHECK(error_of(parse_osmand_json(scratch, row.body, received)) == row.error);
    }
    for (std::string_view const body :
         {"",
          "id=1&lat=1&lon=2",
          "[]",
          R"({"device_id":"1","location":{"coords":{"latitude":1)",
          R"({"device_id":"1","location":[{"coords":{]})"}) {
        CAPTURE(body);
        CHECK_FALSE(parse_osmand_json(scratch, body, received).ok());
    }
}

TEST_CASE("OwnTracks: a location, and who it is of") {
    JsonScratch scratch;
    std::string const body =
        R"({"_type":"location","acc":13,"alt":36,"batt":92,"bs":1,"cog":271,"conn":"w",)"
        R"("created_at":1749995113,"lat":48.858330,"lon":2.295130,"m":1,"t":"u","tid":"jj",)"
        R"("topic":"owntracks/jane/phone","tst":1749995112,"vac":4,"vel":36,"inregions":["Home"]})";
    RawFix fix = only_fix(parse_owntracks(scratch, body, {}));
    CHECK(fix.device == "jane/phone");
    check_place(fix, 488'583'300, 22'951'300);
    CHECK(fix.time == Instant{1'749'995'112'000});
    CHECK(fix.accuracy_m == 13);
    CHECK(fix.speed_mm_s == 10'000);  // 36 km/h
    CHECK(fix.heading_deg == 271);
    CHECK(fix.battery == 92);
    CHECK(fix.source == Source::owntracks);

    fix = only_fix(parse_owntracks(scratch, body, {.user = "joe", .device = "tablet"}));
    CHECK(fix.device == "joe/tablet");  // the authenticated name, not the claimed one
    std::string const bare = R"({"_type":"location","lat":1,"lon":2,"tst":3,"tid":"jj"})";
    CHECK(only_fix(parse_owntracks(scratch, bare, {.user = "joe", .device = ""})).device == "joe");
    CHECK(
        error_of(parse_owntracks(scratch, bare, {})) ==
        "topic (or X-Limit-U and X-Limit-D): is missing; send who the fix is of"
    );
}

TEST_CASE("OwnTracks: other messages are accepted and dropped, with the reason") {
    JsonScratch scratch;
    struct Row {
        std::string_view body;
        std::string_view reason;
    };
    for (Row const& row : {
             Row{R"({"_type":"transition","lat":1,"lon":2,"tst":3,"event":"enter"})",
                 "transition: carries no position"},
             Row{R"({"_type":"waypoints","waypoints":[{"_type":"waypoint"}]})",
                 "waypoints: carries no position"},
             Row{R"({"_type":"lwt","tst":1380738247})", "lwt: carries no position"},
             Row{R"({"_type":"encrypted","data":"abc"})",
                 "encrypted: turn payload encryption off; use HTTPS instead"},
             Row{R"({"_type":"a type nobody has ever heard of so far"})",
                 "unknown: carries no position"},
         }) {
        CAPTURE(row.body);
        auto const parsed = parse_owntracks(scratch, row.body, {});
        REQUIRE(parsed.ok());
        CHECK(parsed.value().fixes.empty());
        CHECK(parsed.value().ignored == row.reason);
    }
    CHECK(
        error_of(parse_owntracks(scratch, R"({"lat":1})", {})) ==
        "_type: is missing; send \"location\" for a position"
    );
    CHECK(
        error_of(parse_owntracks(scratch, R"({"_type":"location","lat":1,"lon":2})", {})) ==
        "topic (or X-Limit-U and X-Limit-D): is missing; send who the fix is of"
    );
    OwntracksSender const joe{.user = "joe", .device = "phone"};
    CHECK(
        error_of(parse_owntracks(scratch, R"({"_type":"location","lat":1,"lon":2})", joe)) ==
        "tst: is missing; send when the device was there"
    );
    CHECK(
        error_of(parse_owntracks(scratch, R"({"_type":"location","lat":"1"})", joe)) ==
        "lat: must be a number, in decimal degrees"
    );
    CHECK_FALSE(parse_owntracks(scratch, "_type=location", joe).ok());
    std::string const long_body(message_bytes_max + 1, ' ');
    CHECK(parse_owntracks(scratch, long_body, joe).error().code == Errc::limit_exceeded);
}

TEST_CASE("Traccar forward: a position with its device") {
    JsonScratch scratch;
    RawFix fix = only_fix(parse_traccar(
        scratch,
        R"({"position":{"id":18336,"attributes":{"batteryLevel":64.0,"distance":44.22,)"
        R"("motion":true,"mock":true},"deviceId":7,"protocol":"osmand",)"
        R"("serverTime":"2025-06-15T13:45:13.000+00:00",)"
        R"("deviceTime":"2025-06-15T13:00:00.000+00:00","fixTime":"2025-06-15T13:45:12.862+00:00",)"
        R"("outdated":false,"valid":true,"latitude":49.0156556,"longitude":8.3975169,)"
        R"("altitude":0.0,"speed":19.43844,"course":63.0,"address":null,)"
        R"("accuracy":3.8,"network":null},)"
        R"("device":{"id":7,"attributes":{},"name":"Van","uniqueId":"353861053849681"}})"
    ));
    CHECK(fix.device == "353861053849681");
    check_place(fix, 490'156'556, 83'975'169);
    CHECK(fix.time == june);
    CHECK(fix.speed_mm_s == 10'000);  // 19.438 knots
    CHECK(fix.heading_deg == 63);
    CHECK(fix.accuracy_m == 4);
    CHECK(fix.battery == 64);
    CHECK(fix.is_mock);
    CHECK(fix.has_fix);

    fix = only_fix(parse_traccar(
        scratch,
        R"({"device":{"uniqueId":"d"},"position":{"fixTime":null,"deviceTime":1749995112862,)"
        R"("latitude":1,"longitude":2,"outdated":true}})"
    ));
    CHECK(fix.time == june);
    CHECK_FALSE(fix.has_fix);
}

TEST_CASE("Traccar forward: each malformed body has its own error") {
    JsonScratch scratch;
    struct Row {
        std::string_view body;
        std::string_view error;
    };
    for (Row const& row : {
             Row{R"({"device":{"uniqueId":"d"}})",
                 "position: is missing; forward positions as JSON"},
             Row{R"({"event":{},"device":{"uniqueId":"d"}})",
                 "position: is missing; forward positions as JSON"},
             Row{R"({"position":{"latitude":1,"longitude":2,"fixTime":1}})",
                 "device.uniqueId: is missing; send who the fix is of"},
             Row{R"({"position":{"latitude":1,"longitude":2},"device":{"uniqueId":"d"}})",
                 "position.fixTime: is missing; send when the device was there"},
             Row{R"({"position":{"latitude":true},"device":{"uniqueId":"d"}})",
                 "position.latitude: must be a number, in decimal degrees"},
         }) {
        CAPTURE(row.body);
        CHECK(error_of(parse_traccar(scratch, row.body)) == row.error);
    }
    for (std::string_view const body :
         {"", "[]", R"({"position":{"latitude":1,}})", R"({"position":{"attributes":{"mock"}}})"}) {
        CAPTURE(body);
        CHECK_FALSE(parse_traccar(scratch, body).ok());
    }
}

TEST_CASE("a place is checked in one function") {
    CHECK(checked_place({900'000'000}, {-1'800'000'000}).has_value());
    CHECK_FALSE(checked_place({900'000'001}, {0}).has_value());
    CHECK_FALSE(checked_place({0}, {-1'800'000'001}).has_value());
    CHECK_FALSE(checked_place({1'000'000'000'000'000'000}, {0}).has_value());
}

}  // namespace posthaste::ingest
