#include "road/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/assert.hpp"
#include "road/check.hpp"

namespace posthaste::road {

namespace {

constexpr std::array<char, 8> magic{'P', 'H', 'R', 'O', 'A', 'D', 'S', '\n'};
constexpr std::uint32_t version = 2;
constexpr std::uint32_t version_without_gazetteer = 1;
constexpr std::size_t head_bytes = 4096;
constexpr std::size_t columns_max = 64;
constexpr std::size_t alignment = 64;

struct ColumnHead {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

struct Head {
    std::array<char, 8> magic{};
    std::uint32_t version = 0;
    std::uint32_t columns = 0;
    std::uint32_t profiles = 0;
    std::uint32_t unused = 0;
    std::uint64_t bytes = 0;  ///< of the whole file
    Digest digest;            ///< of everything past the head
    std::array<ColumnHead, columns_max> column{};
};
static_assert(sizeof(Head) + sizeof(Digest) <= head_bytes);
constexpr std::size_t sealed_bytes = head_bytes - sizeof(Digest);  // the head's own digest follows

std::size_t aligned(std::size_t offset) {
    return (offset + alignment - 1) / alignment * alignment;
}

Error io_error(std::string const& what, std::filesystem::path const& file) {
    return {Errc::io_failed, what + " " + file.string() + ": " + std::strerror(errno)};
}

Error corrupt(std::string const& what) {
    return {Errc::corrupt, "the network file is damaged: " + what + "; import it again"};
}

constexpr auto columns_of_ways =
    std::tuple_size_v<decltype(OwnedColumns::all_of_ways(std::declval<OwnedColumns&>()))>;

std::uint64_t bytes_of(auto const& all) {
    std::uint64_t bytes = 0;
    std::apply(
        [&](auto const&... column) { ((bytes += column.size() * sizeof(column[0])), ...); }, all
    );
    return bytes;
}

std::size_t size_of(OwnedColumns const& columns) {
    auto size = head_bytes;
    auto const add = [&](auto const& column) {
        size = aligned(size) + column.size() * sizeof(column[0]);
    };
    std::apply([&](auto const&... column) { (add(column), ...); }, OwnedColumns::all(columns));
    return size;
}

// `named`: the digest of the columns.
std::string bytes_of(OwnedColumns const& columns, ProfileMask profiles, Digest& named) {
    Head head{.magic = magic, .version = version, .profiles = profiles};
    std::string file;
    file.reserve(size_of(columns));
    file.resize(head_bytes, '\0');
    auto const add = [&](auto const& column) {
        file.resize(aligned(file.size()), '\0');
        auto const bytes = column.size() * sizeof(column[0]);
        head.column[head.columns++] = {file.size(), bytes};
        if (bytes > 0) file.append(reinterpret_cast<char const*>(column.data()), bytes);
    };
    std::apply([&](auto const&... column) { (add(column), ...); }, OwnedColumns::all(columns));
    head.bytes = file.size();
    named = head.digest = digest(std::string_view{file}.substr(head_bytes));
    std::memcpy(file.data(), &head, sizeof(head));
    auto const seal = digest(std::string_view{file}.substr(0, sealed_bytes));
    std::memcpy(file.data() + sealed_bytes, &seal, sizeof(seal));
    return file;
}

Status write_all(int file, std::string_view bytes, std::filesystem::path const& name) {
    while (!bytes.empty()) {
        auto const count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error("cannot write", name);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file) != 0) return io_error("cannot write", name);
    return Unit{};
}

}  // namespace

Result<FileInfo> write_network(
    OwnedColumns const& columns, ProfileMask profiles, std::filesystem::path const& file
) {
    Digest named;
    auto const bytes = bytes_of(columns, profiles, named);
    auto const beside = file.string() + ".part";
    int const out = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0) return io_error("cannot create", beside);
    auto const written = write_all(out, bytes, beside);
    ::close(out);
    if (!written.ok() || ::rename(beside.c_str(), file.c_str()) != 0) {
        auto const error = written.ok() ? io_error("cannot rename to", file) : written.error();
        ::unlink(beside.c_str());
        return error;
    }
    auto const gazetteer = bytes_of(Gazetteer<OwnedColumn>::all(columns.gazetteer));
    return FileInfo{profiles, bytes.size(), gazetteer, named};
}

Result<std::unique_ptr<NetworkFile>> NetworkFile::open(std::filesystem::path const& file) {
    int const in = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) return io_error("cannot open", file);
    struct ::stat about {};
    if (::fstat(in, &about) != 0) {
        auto const error = io_error("cannot read", file);
        ::close(in);
        return error;
    }
    auto const size = static_cast<std::size_t>(about.st_size);
    if (size < head_bytes) {
        ::close(in);
        return corrupt(file.string() + " is shorter than its head");
    }
    void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, in, 0);
    ::close(in);
    if (bytes == MAP_FAILED) return io_error("cannot map", file);
    std::unique_ptr<NetworkFile> opened{
        new NetworkFile{static_cast<std::byte const*>(bytes), size}};
    TRY(opened->read());
    return opened;
}

NetworkFile::~NetworkFile() {
    ::munmap(
        const_cast<std::byte*>(bytes_), size_
    );  // NOLINT(cppcoreguidelines-pro-type-const-cast): munmap's
}

Status NetworkFile::read() {
    Head head;
    std::memcpy(&head, bytes_, sizeof(head));
    if (head.magic != magic) return corrupt("it is no network of this program");
    if (head.version > version) {
        return Error{
            Errc::too_new,
            "the network is of version " + std::to_string(head.version) + ", this program reads " +
                std::to_string(version) + ": upgrade it, or import the map again"};
    }
    Digest seal;
    std::memcpy(&seal, bytes_ + sealed_bytes, sizeof(seal));
    if (digest({reinterpret_cast<char const*>(bytes_), sealed_bytes}) != seal)
        return corrupt("its head does not match its digest");
    if (head.bytes != size_) {
        return corrupt(
            "it has " + std::to_string(size_) + " bytes and should have " +
            std::to_string(head.bytes)
        );
    }
    std::string_view const rest{
        reinterpret_cast<char const*>(bytes_) + head_bytes, size_ - head_bytes};
    if (digest(rest) != head.digest) return corrupt("its bytes do not match their digest");
    std::size_t next = 0;
    bool is_whole = true;
    auto const take = [&]<class T>(std::span<T const>& column) {
        if (next == head.columns) return;
        auto const [offset, bytes] = head.column[next++];
        bool const fits = offset >= head_bytes && offset % alignment == 0 && offset <= size_ &&
                          bytes <= size_ - offset && bytes % sizeof(T) == 0;
        is_whole &= fits;
        if (fits) column = {reinterpret_cast<T const*>(bytes_ + offset), bytes / sizeof(T)};
    };
    auto columns = Network::all(network_);
    auto const expected = head.version == version_without_gazetteer
                              ? columns_of_ways
                              : std::tuple_size_v<decltype(columns)>;
    if (head.columns != expected) return corrupt("columns are missing");
    std::apply([&](auto&... column) { (take(column), ...); }, columns);
    if (!is_whole) return corrupt("a column lies outside of it");
    info_ = {
        static_cast<ProfileMask>(head.profiles),
        head.bytes,
        bytes_of(Gazetteer<SeenColumn>::all(network_.gazetteer)),
        head.digest};
    return check(network_);
}

}  // namespace posthaste::road
