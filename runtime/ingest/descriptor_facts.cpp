// SPDX-License-Identifier: Apache-2.0
// What the kind and the name of a file descriptor say: folder and file, addresses and ports.
//
// The name alone says nothing: a memfd may be called `10.0.0.1:1->10.0.0.2:2`, and Falco names a descriptor
// that it does not know after the arguments of the call, without giving it an address.
#include <algorithm>
#include <charconv>

#include "runtime/event/address.h"
#include "runtime/ingest/facts.h"

namespace stoop {
namespace {

struct Kind {
    std::string_view type;  // fd.type
    char letter;            // fd.typechar
    // Calls for which Falco gives the letter, too, if it does not know the descriptor.
    std::vector<std::string_view> supposed = {};
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> kKinds = {
        {"file", 'f', {"openat", "openat2", "creat"}},
        {"directory", 'd'},
        {"ipv4", '4', {"socket", "accept", "accept4"}},
        {"ipv6", '6'},
        {"unix", 'u'},
        {"userfaultfd", 'u'},
        {"pipe", 'p', {"pipe", "pipe2"}},
        {"event", 'e', {"eventfd", "eventfd2"}},
        {"signalfd", 's', {"signalfd", "signalfd4"}},
        {"eventpoll", 'l'},
        {"inotify", 'i', {"inotify_init", "inotify_init1"}},
        {"timerfd", 't', {"timerfd_create"}},
        {"netlink", 'n'},
        {"bpf", 'b'},
        {"io_uring", 'r'},
        {"memfd", 'm'},
        {"pidfd", 'P'},
    };
    return kKinds;
}

// fd.typechar, evt.type, evt.res
Value type_of_letter(const DerivationInput& d) {
    if (!d[0].present()) return d[0];
    const Kind* found = nullptr;
    for (const Kind& kind : kinds()) {
        if (d.text(0) != std::string_view(&kind.letter, 1)) continue;
        if (found) return Value();  // the letter stands for two kinds
        found = &kind;
    }
    if (!found) return Value();
    if (!found->supposed.empty()) {
        if (!d[1].present()) return Value();
        bool supposed = std::ranges::count(found->supposed, d.text(1)) > 0;
        bool opened = found->letter == 'f' && d.text(2) == "SUCCESS";
        if (supposed && !opened) return Value();
    }
    return Value::of_text(found->type);
}

// fd.type
Value letter_of_type(const DerivationInput& d) {
    for (const Kind& kind : kinds())
        if (d[0].present() && d.text(0) == kind.type) return Value::of_text({&kind.letter, 1});
    return Value();
}

// fd.name, fd.type, fd.typechar
Value directory(const DerivationInput& d) {
    if (!d[0].present()) return Value();
    std::string_view name = d.text(0);
    bool by_letter = !d.recorded(1);
    if (d.text(1) == "directory") return d[0];
    if (d.text(1) != "file" && !(by_letter && d.text(2) == "f")) return Value();
    size_t slash = name.rfind('/');
    if (slash == name.npos || (slash == 0 && name.size() > 1)) return Value::of_text("/");
    return Value::of_text(slash + 1 == name.size() ? name : name.substr(0, slash));
}

// fd.name, fd.type
Value file_name(const DerivationInput& d) {
    if (!d[0].present() || d.text(1) != "file") return Value();
    std::string_view name = d.text(0);
    size_t slash = name.rfind('/');
    if (slash == name.npos) return Value::of_text("/");
    return Value::of_text(slash + 1 == name.size() ? name : name.substr(slash + 1));
}

struct End {
    IpAddress address;
    uint16_t port = 0;
};

// `a:p`, as Falco writes it and no other way.
std::optional<End> parse_end(std::string_view text) {
    size_t colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    std::string_view address = text.substr(0, colon), port = text.substr(colon + 1);
    auto parsed = parse_address(address);
    if (!parsed) return std::nullopt;
    std::string written;
    append_address({parsed->bytes, parsed->size}, written);
    End out{*parsed, 0};
    auto read = std::from_chars(port.data(), port.data() + port.size(), out.port);
    bool number = read.ec == std::errc() && read.ptr == port.data() + port.size();
    if (written != address || !number || (port[0] == '0' && port.size() > 1)) return std::nullopt;
    return out;
}

const std::vector<std::string> kConnection = {"fd.name", "fd.lport", "fd.l4proto", "fd.type"};

// The two ends of a socket that is known to be connected and to have a client and a server: `a:p->b:q`.
struct Connection {
    End client, server;
};
std::optional<Connection> connection(const DerivationInput& d) {
    std::string_view name = d.text(0), protocol = d.text(2), type = d.text(3);
    if (!d[0].present() || name.empty()) return std::nullopt;
    size_t arrow = name.find("->");
    if (arrow == name.npos) return std::nullopt;
    // Only a connected socket with a role has a local port.
    if (d.recorded(1) && !d[1].present()) return std::nullopt;
    if (d.recorded(2) && protocol != "tcp" && protocol != "udp") return std::nullopt;
    if (d.recorded(3) && type != "ipv4" && type != "ipv6") return std::nullopt;
    auto client = parse_end(name.substr(0, arrow)), server = parse_end(name.substr(arrow + 2));
    if (!client || !server || client->address.size != server->address.size) return std::nullopt;
    bool v4 = client->address.size == 4;
    if (d.recorded(3) && v4 != (type == "ipv4")) return std::nullopt;
    // An IPv6 socket may have no role, for which Falco gives no protocol, or be a UDP socket that listens and
    // is named after whom it last heard of.
    bool known = d[1].present() || protocol == "tcp" || (v4 && (protocol == "udp" || type == "ipv4"));
    if (!known) return std::nullopt;
    return Connection{*client, *server};
}

auto address(End Connection::*end) {
    return [end](const DerivationInput& d) {
        auto found = connection(d);
        if (!found) return Value();
        const IpAddress& address = ((*found).*end).address;
        return Value::of_text(d.arena.copy({address.bytes, address.size}));
    };
}

auto port(End Connection::*end) {
    return [end](const DerivationInput& d) {
        auto found = connection(d);
        return found ? Value::of_unsigned(((*found).*end).port) : Value();
    };
}

// One end of the connection is the local one. Which it is can be told by a local or remote value that only
// one of the ends has.
const std::vector<std::string> kEnds = {"fd.cip", "fd.sip", "fd.cport", "fd.sport",
                                        "fd.lip", "fd.rip", "fd.lport", "fd.rport"};
enum Ends : size_t { ClientIp, ServerIp, ClientPort, ServerPort, LocalIp, RemoteIp, LocalPort, RemotePort };

bool equal_addresses(const Value& a, const Value& b) { return a.text() == b.text(); }
bool equal_ports(const Value& a, const Value& b) { return a.u == b.u; }

enum class Local : uint8_t { Unknown, Client, Server };

Local local_end(const DerivationInput& d) {
    struct Sign {
        Ends client, server, seen;
        bool remote;
        bool (*equal)(const Value&, const Value&);
    };
    static constexpr Sign kSigns[] = {{ClientPort, ServerPort, LocalPort, false, equal_ports},
                                      {ClientPort, ServerPort, RemotePort, true, equal_ports},
                                      {ClientIp, ServerIp, LocalIp, false, equal_addresses},
                                      {ClientIp, ServerIp, RemoteIp, true, equal_addresses}};
    for (const Sign& sign : kSigns) {
        const Value &client = d[sign.client], &server = d[sign.server], &seen = d[sign.seen];
        if (!client.present() || !server.present() || !seen.present()) continue;
        bool is_client = sign.equal(seen, client), is_server = sign.equal(seen, server);
        if (is_client != is_server) return is_client != sign.remote ? Local::Client : Local::Server;
    }
    return Local::Unknown;
}

// The local or the remote one of two values.
auto one_end(Ends client, Ends server, bool remote, bool (*equal)(const Value&, const Value&)) {
    return [=](const DerivationInput& d) {
        if (!d[client].present() || !d[server].present()) return Value();
        if (equal(d[client], d[server])) return d[client];
        Local local = local_end(d);
        if (local == Local::Unknown) return Value();
        return d[(local == Local::Client) != remote ? client : server];
    };
}

// Client first.
Value both_ends(const DerivationInput& d) {
    auto items = d.arena.values(2);
    size_t count = 0;
    for (size_t i = 0; i < 2; ++i)
        if (d[i].present()) items[count++] = d[i];
    bool unknown = !d.recorded(0) || !d.recorded(1);
    if (count == 0) return unknown ? Value() : Value::absent();
    Value out = Value::of_list(items.first(count));
    out.partial = unknown;
    return out;
}

}  // namespace

std::vector<Fact> descriptor_facts() {
    const char* client = "what stands before `->` in `a:p->b:q` of a connected socket";
    const char* server = "what stands behind `->` in `a:p->b:q` of a connected socket";
    const char* local = "that of the two ends which is known to be the local one by another of these fields";
    const char* remote = "that of the two ends which is not the local one";
    return {
        fixed("fd.type", {"fd.typechar", "evt.type", "evt.res"}, type_of_letter,
              "the kind of the letter, if it stands for one kind and is not what Falco supposes of a call "
              "whose descriptor it does not know"),
        fixed("fd.typechar", {"fd.type"}, letter_of_type, "the letter of the kind"),
        fixed("fd.directory", {"fd.name", "fd.type", "fd.typechar"}, directory,
              "of a file, what stands before the last `/`; of a directory, the name"),
        fixed("fd.filename", {"fd.name", "fd.type"}, file_name, "of a file, what stands behind the last `/`"),
        fixed("fd.cip", kConnection, address(&Connection::client), client),
        fixed("fd.sip", kConnection, address(&Connection::server), server),
        fixed("fd.cport", kConnection, port(&Connection::client), client),
        fixed("fd.sport", kConnection, port(&Connection::server), server),
        fixed("fd.lip", kEnds, one_end(ClientIp, ServerIp, false, equal_addresses), local),
        fixed("fd.rip", kEnds, one_end(ClientIp, ServerIp, true, equal_addresses), remote),
        fixed("fd.lport", kEnds, one_end(ClientPort, ServerPort, false, equal_ports), local),
        fixed("fd.rport", kEnds, one_end(ClientPort, ServerPort, true, equal_ports), remote),
        fixed("fd.cnet", {"fd.cip"}, same, "the same address"),
        fixed("fd.snet", {"fd.sip"}, same, "the same address"),
        fixed("fd.lnet", {"fd.lip"}, same, "the same address"),
        fixed("fd.rnet", {"fd.rip"}, same, "the same address"),
        fixed("fd.ip", {"fd.cip", "fd.sip"}, both_ends, "both, the client's first"),
        fixed("fd.net", {"fd.cip", "fd.sip"}, both_ends, "both, the client's first"),
        fixed("fd.port", {"fd.cport", "fd.sport"}, both_ends, "both, the client's first"),
    };
}

}  // namespace stoop
