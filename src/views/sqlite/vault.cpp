#include "views/sqlite/vault.hpp"

#include <sodium.h>

#include "base/codec.hpp"
#include "log/sqlite/database.hpp"

namespace posthaste::views {

using log::Database;
using log::OpenMode;
using log::Statement;
using log::Use;
using model::SubjectId;

namespace {

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char const* octets(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
unsigned char* octets_to_fill(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string named(SubjectId subject) {
    return "subject " + std::to_string(raw(subject));
}

/// Nonce and ciphertext.
std::string sealed(SubjectId subject, std::string_view key, std::string_view plain) {
    auto const about = named(subject);
    auto const nonce = random_bytes(nonce_bytes);
    std::string secret(plain.size() + tag_bytes, '\0');
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        octets_to_fill(secret),
        &size,
        octets(plain),
        plain.size(),
        octets(about),
        about.size(),
        nullptr,
        octets(nonce),
        octets(key)
    );
    secret.resize(size);
    return nonce + secret;
}

Result<std::string> opened(SubjectId subject, std::string_view key, std::string_view box) {
    Error const wrong{
        Errc::corrupt, named(subject) + ": the record does not open with the subject's key"};
    if (key.size() != key_bytes || box.size() < nonce_bytes + tag_bytes) return wrong;
    auto const about = named(subject);
    auto const secret = box.substr(nonce_bytes);
    std::string plain(secret.size() - tag_bytes, '\0');
    unsigned long long size = 0;
    int const code = crypto_aead_xchacha20poly1305_ietf_decrypt(
        octets_to_fill(plain),
        &size,
        nullptr,
        octets(secret),
        secret.size(),
        octets(about),
        about.size(),
        octets(box),
        octets(key)
    );
    if (code != 0) return wrong;
    plain.resize(size);
    return plain;
}

Status check(PersonalData const& data) {
    auto const past = [](std::string_view field, std::size_t most) {
        return Error{
            Errc::limit_exceeded,
            std::string{field} + ": at most " + std::to_string(most) + " bytes"};
    };
    if (data.name.size() > person_name_bytes_max) return past("name", person_name_bytes_max);
    if (data.phone.size() > phone_bytes_max) return past("phone", phone_bytes_max);
    if (data.address.size() > address_bytes_max) return past("address", address_bytes_max);
    if (data.notes.size() > notes_bytes_max) return past("notes", notes_bytes_max);
    return Unit{};
}

// No write-ahead log: an erased key must not live on in one. Freed pages are overwritten.
constexpr char const* settings =
    "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
constexpr char const* subjects_schema =
    "CREATE TABLE IF NOT EXISTS subjects(id INTEGER PRIMARY KEY, box BLOB NOT NULL);";
constexpr char const* keys_schema =
    "CREATE TABLE IF NOT EXISTS keys(id INTEGER PRIMARY KEY, key BLOB);"
    "CREATE TABLE IF NOT EXISTS counters(region INTEGER PRIMARY KEY, next INTEGER NOT NULL);";

}  // namespace

struct Vault::Parts {
    Database subjects;
    Database keys;
    Statement put_box;
    Statement get_box;
    Statement drop_box;
    Statement put_key;
    Statement get_key;
    Statement drop_key;
    Statement count;

    Status prepare();
    Result<std::string> key_of(SubjectId subject);
    Result<std::uint64_t> next(RegionId region);
    Status run(Statement& statement, auto const&... values) {
        Use const use{statement};
        statement.bind(values...);
        TRY(statement.step());
        return Unit{};
    }
};

Status Vault::Parts::prepare() {
    put_box = TRY(subjects.prepare("INSERT OR REPLACE INTO subjects(id, box) VALUES(?, ?)"));
    get_box = TRY(subjects.prepare("SELECT box FROM subjects WHERE id = ?"));
    drop_box = TRY(subjects.prepare("DELETE FROM subjects WHERE id = ?"));
    put_key = TRY(keys.prepare("INSERT INTO keys(id, key) VALUES(?, ?)"));
    get_key = TRY(keys.prepare("SELECT key FROM keys WHERE id = ?"));
    drop_key = TRY(keys.prepare("UPDATE keys SET key = NULL WHERE id = ?"));
    count =
        TRY(keys.prepare("INSERT INTO counters(region, next) VALUES(?, 2)"
                         " ON CONFLICT(region) DO UPDATE SET next = next + 1"
                         " RETURNING next - 1"));
    return Unit{};
}

Result<std::string> Vault::Parts::key_of(SubjectId subject) {
    Use const use{get_key};
    get_key.bind(raw(subject));
    if (!TRY(get_key.step())) return Error{Errc::not_found, named(subject) + " is not known"};
    if (get_key.is_null(0)) return Error{Errc::not_found, named(subject) + " was erased"};
    return std::string{get_key.bytes(0)};
}

Result<std::uint64_t> Vault::Parts::next(RegionId region) {
    Use const use{count};
    count.bind(static_cast<std::uint64_t>(region));
    if (!TRY(count.step())) return Error{Errc::corrupt, "subject_keys.db: no counter"};
    auto const number = static_cast<std::uint64_t>(count.integer(0));
    TRY(count.step());  // to its end, so that it is committed
    return number;
}

Vault::Vault(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}
Vault::~Vault() = default;

Result<std::unique_ptr<Vault>> Vault::open(std::filesystem::path const& folder) {
    if (sodium_init() < 0) return Error{Errc::io_failed, "libsodium cannot start"};
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        return Error{Errc::io_failed, "make folder " + folder.string() + ": " + failure.message()};
    }
    auto parts = std::make_unique<Parts>();
    parts->subjects = TRY(Database::open(folder / "subjects.db", OpenMode::create, {}));
    parts->keys = TRY(Database::open(folder / "subject_keys.db", OpenMode::create, {}));
    TRY(parts->subjects.run(settings));
    TRY(parts->keys.run(settings));
    TRY(parts->subjects.run(subjects_schema));
    TRY(parts->keys.run(keys_schema));
    TRY(parts->prepare());
    return std::unique_ptr<Vault>{new Vault{std::move(parts)}};
}

Result<SubjectId> Vault::add(RegionId region, PersonalData const& data) {
    TRY(check(data));
    std::lock_guard const lock{mutex_};
    auto const subject = make_id<SubjectId>(region, TRY(parts_->next(region)));
    auto const key = random_bytes(key_bytes);
    // The key first: a key without a record harms nobody, a record without a key is lost.
    TRY(parts_->run(parts_->put_key, raw(subject), std::string_view{key}));
    auto const box = sealed(subject, key, encode(data));
    TRY(parts_->run(parts_->put_box, raw(subject), std::string_view{box}));
    return subject;
}

Status Vault::set(SubjectId subject, PersonalData const& data) {
    TRY(check(data));
    std::lock_guard const lock{mutex_};
    auto const key = TRY(parts_->key_of(subject));
    auto const box = sealed(subject, key, encode(data));
    return parts_->run(parts_->put_box, raw(subject), std::string_view{box});
}

Result<PersonalData> Vault::get(SubjectId subject) const {
    std::lock_guard const lock{mutex_};
    auto const key = TRY(parts_->key_of(subject));
    std::string box;
    {
        Use const use{parts_->get_box};
        parts_->get_box.bind(raw(subject));
        if (!TRY(parts_->get_box.step()))
            return Error{Errc::not_found, named(subject) + " has no record"};
        box = parts_->get_box.bytes(0);
    }
    return decode<PersonalData>(TRY(opened(subject, key, box)));
}

Status Vault::erase(SubjectId subject) {
    std::lock_guard const lock{mutex_};
    TRY(parts_->run(parts_->drop_key, raw(subject)));
    return parts_->run(parts_->drop_box, raw(subject));
}

Result<Digest> Vault::digest_of_notes(SubjectId subject, std::string_view notes) const {
    std::lock_guard const lock{mutex_};
    return digest(notes, TRY(parts_->key_of(subject)));
}

}  // namespace posthaste::views
