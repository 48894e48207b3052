// Who people are: names, phones, addresses and notes, kept outside the log, each under its own key.
//
// Takes    personal data of a subject; the log, the board and the streams hold only its SubjectId.
// Gives    the data back, until the subject is erased: then nobody can read it, here or in any copy
//          of subjects.db, since its key is gone. Ids are never used again.
// Shapes   subjects.db has nonce and ciphertext by id; subject_keys.db the keys and a mark for
//          those erased. Keep their backups apart: a copy of both is a copy of the data.
// Errors   get, set: not_found when there was none or it was erased (the detail says which);
//          corrupt when what is there does not open with the subject's key. limit_exceeded past a
//          field's bytes. io_failed.
// Threads  any; one mutex
// Limits   the *_bytes_max below
// Source   XChaCha20-Poly1305 (libsodium), the id as associated data: rows cannot be swapped.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "model/ids.hpp"

namespace posthaste::views {

constexpr std::size_t person_name_bytes_max = 256;
constexpr std::size_t phone_bytes_max = 64;
constexpr std::size_t address_bytes_max = 1024;
constexpr std::size_t notes_bytes_max = std::size_t{16} * 1024;

struct PersonalData {
    std::string name;
    std::string phone;
    std::string address;
    std::string notes;

    bool operator==(PersonalData const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "name", self.name);
        field(2, "phone", self.phone);
        field(3, "address", self.address);
        field(4, "notes", self.notes);
    }
};

class Vault {
public:
    /// Makes what is missing. Errors: in_use, io_failed, corrupt (no database).
    static Result<std::unique_ptr<Vault>> open(std::filesystem::path const& folder);
    ~Vault();
    Vault(Vault const&) = delete;
    Vault& operator=(Vault const&) = delete;
    Vault(Vault&&) = delete;
    Vault& operator=(Vault&&) = delete;

    Result<model::SubjectId> add(RegionId region, PersonalData const& data);
    Status set(model::SubjectId subject, PersonalData const& data);
    Result<PersonalData> get(model::SubjectId subject) const;
    /// For ever. Ok also when it was erased before, or never was.
    Status erase(model::SubjectId subject);

    /// What a job's `notes` holds: it changes with the text, and once the subject is erased it says
    /// nothing about it, since it is keyed.
    Result<Digest> digest_of_notes(model::SubjectId subject, std::string_view notes) const;

private:
    struct Parts;
    explicit Vault(std::unique_ptr<Parts> parts);

    mutable std::mutex mutex_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace posthaste::views
