// A server of our own in a temporary folder: started, asked for its port and key, and stopped.
//
// Errors   io_failed: the program is not there, or did not start within start_max.
// Threads  one
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace posthaste::bench {

class Child {
public:
    /// `program`: the posthaste binary.
    static Result<Child> start(std::filesystem::path const& program);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    Child(Child const&) = delete;
    Child& operator=(Child const&) = delete;
    ~Child();  ///< stops it and removes the folder

    std::string const& url() const { return url_; }
    std::string const& key() const { return key_; }
    /// For /metrics.
    std::string const& installation_key() const { return installation_key_; }

private:
    Child() = default;

    pid_t process_ = -1;
    std::filesystem::path folder_;
    std::string url_;
    std::string key_;
    std::string installation_key_;
};

}  // namespace posthaste::bench
