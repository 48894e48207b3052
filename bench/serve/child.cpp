#include "bench/serve/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

namespace posthaste::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds start_max{30};
constexpr auto look_every = std::chrono::milliseconds{50};

/// Starts a program with its output in a file. -1: it did not start.
pid_t spawn(std::vector<std::string> words, fs::path const& output) {
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600
    );
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t process = -1;
    int const failed =
        posix_spawn(&process, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? process : -1;
}

std::string text_of(fs::path const& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

Error failed(std::string const& what, fs::path const& output) {
    return Error{Errc::io_failed, what + ": " + text_of(output)};
}

/// The word that begins with `prefix`, or "".
std::string word_in(std::string const& text, std::string const& prefix) {
    auto const at = text.find(prefix);
    if (at == std::string::npos) return {};
    return text.substr(at, text.find_first_of(" \n\t", at) - at);
}

Result<std::string> make_key(std::vector<std::string> const& words, fs::path const& output) {
    auto const process = spawn(words, output);
    if (process < 0) return Error{Errc::io_failed, "cannot start " + words[0]};
    waitpid(process, nullptr, 0);
    auto key = word_in(text_of(output), "ph_");
    if (key.empty()) return failed("no key was made", output);
    return key;
}

}  // namespace

Child::Child(Child&& other) noexcept
    : process_{std::exchange(other.process_, -1)},
      folder_{std::exchange(other.folder_, {})},
      url_{std::move(other.url_)},
      key_{std::move(other.key_)},
      installation_key_{std::move(other.installation_key_)} {}

Child::~Child() {
    if (process_ > 0) {
        kill(process_, SIGTERM);
        waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<Child> Child::start(fs::path const& program) {
    std::string pattern = (fs::temp_directory_path() / "posthaste-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        return Error{Errc::io_failed, "no temporary folder: " + pattern};
    Child child;
    child.folder_ = pattern;
    auto const data = (child.folder_ / "data").string();
    auto const output = child.folder_ / "output";
    std::vector<std::string> words{
        program.string(), "keys", "create", "--data", data, "--role", "admin"};
    child.key_ = TRY(make_key(words, output));
    words.emplace_back("--installation");
    child.installation_key_ = TRY(make_key(words, output));
    auto const port = child.folder_ / "port";
    // The load is one key's: its rate is not what is measured.
    child.process_ = spawn(
        {program.string(),
         "serve",
         "--data",
         data,
         "--port",
         "0",
         "--port-file",
         port.string(),
         "--rate",
         "1000000"},
        output
    );
    auto const deadline = std::chrono::steady_clock::now() + start_max;
    while (!fs::exists(port)) {
        int status = 0;
        bool const is_gone = waitpid(child.process_, &status, WNOHANG) == child.process_;
        if (is_gone) child.process_ = -1;
        if (is_gone || std::chrono::steady_clock::now() > deadline)
            return failed("the server did not start", output);
        std::this_thread::sleep_for(look_every);
    }
    auto const number = text_of(port);
    child.url_ = "http://127.0.0.1:" + number.substr(0, number.find('\n'));
    return child;
}

}  // namespace posthaste::bench
