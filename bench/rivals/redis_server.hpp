// A redis-server of the bench's own, on a free port of 127.0.0.1, and one connection to it.
//
// Errors   start() is empty when there is no redis-server, or it does not answer within 5 s. A
//          command that fails later ends the program with Redis' words.
// Threads  one
#pragma once

#include <hiredis/hiredis.h>
#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace posthaste::bench {

class RedisServer {
public:
    using Command = std::vector<std::string>;
    struct ReplyCloser {
        void operator()(redisReply* reply) const { freeReplyObject(reply); }
    };
    using Reply = std::unique_ptr<redisReply, ReplyCloser>;

    /// `options` as on the command line of redis-server; nothing is saved unless they say so.
    static std::optional<RedisServer> start(Command const& options = {});
    RedisServer(RedisServer&&) noexcept;
    RedisServer& operator=(RedisServer&&) = delete;
    ~RedisServer();

    void send(Command const& command);
    Reply receive();
    Reply ask(Command const& command) {
        send(command);
        return receive();
    }

private:
    RedisServer(pid_t server, redisContext* context) : server_{server}, context_{context} {}

    struct Closer {
        void operator()(redisContext* context) const { redisFree(context); }
    };

    pid_t server_;
    std::unique_ptr<redisContext, Closer> context_;
};

}  // namespace posthaste::bench
