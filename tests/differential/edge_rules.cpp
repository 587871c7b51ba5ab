// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/edge_rules.h"

#include <fmt/format.h>

namespace stoop::tests {

using nlohmann::json;

enum class EdgeKind { Text, Number, Boolean, Address, Network, Bytes, List, Other };

struct EdgeField {
    std::string name;
    EdgeKind kind;
    std::vector<std::string> operands;  // as conditions write them
    std::vector<json> values;           // as events hold them; of a list its items
    std::vector<std::string> operators, list_operators;
    std::string same_type = "";  // a field that it can be compared with
};

namespace {

const std::vector<std::string> kTextOperators = {"=",        "!=",   "contains", "icontains", "startswith",
                                                 "endswith", "glob", "iglob",    "regex"};
const std::vector<std::string> kNumberOperators = {"=", "!=", "<", "<=", ">", ">="};
const std::vector<std::string> kEquality = {"=", "!="};
const std::vector<std::string> kSets = {"in", "intersects"};
const std::vector<std::string> kTextSets = {"in", "intersects", "pmatch"};

const std::vector<std::string> kTexts = {"sh", "bash", "\"a b\"", "''", "/bin/sh", "s"};
const std::vector<json> kTextValues = {"sh", "bash", "a b", "", "/bin/sh", "s", "-n", "-nx", "SH", "/bin/"};
const std::vector<std::string> kNumbers = {"0", "1", "4294967296"};
const std::vector<json> kNumberValues = {0, 1, 4294967296, 7};
const std::vector<std::string> kAddresses = {"10.0.0.1", "::1"};
const std::vector<json> kAddressValues = {"10.0.0.1", "::1", "10.0.0.2"};
const std::vector<std::string> kNetworks = {"10.0.0.0/8", "11.0.0.0/16", "fe80::/10"};

// Of both sources.
const std::vector<EdgeField>& own_fields() {
    static const std::vector<EdgeField> fields = {
        {"own.texts", EdgeKind::List, kTexts, kTextValues, {}, kSets, "own.others"},
        {"own.others", EdgeKind::List, kTexts, kTextValues, {}, kSets, "own.texts"},
        {"own.key[a]", EdgeKind::List, kTexts, kTextValues, {}, kSets, "own.texts"},
        {"own.paths", EdgeKind::List, {}, kTextValues, {}, {}},
        {"own.numbers", EdgeKind::List, kNumbers, kNumberValues, {}, kSets, "own.counts"},
        {"own.counts", EdgeKind::List, kNumbers, kNumberValues, {}, kSets, "own.numbers"},
        {"own.times", EdgeKind::List, kNumbers, kNumberValues, {}, kSets},
        {"own.flags", EdgeKind::List, {"true", "false"}, {true, false}, {}, kSets},
        {"own.addresses", EdgeKind::List, kAddresses, kAddressValues, {}, kSets},
        {"own.networks", EdgeKind::List, kNetworks, kAddressValues, {}, kSets},
        {"own.name", EdgeKind::Text, kTexts, kTextValues, kTextOperators, kTextSets, "own.path"},
        {"own.path", EdgeKind::Text, kTexts, kTextValues, kTextOperators, kTextSets, "own.name"},
        {"own.share", EdgeKind::Other, {"0", "1", "-1"}, {0, 1.5, -1, 1}, kNumberOperators, kSets},
        {"own.small", EdgeKind::Number, {"-128", "0", "127"}, {-128, 0, 127}, kNumberOperators, kSets},
        {"own.bytes", EdgeKind::Bytes, {"ab", "''"}, {"ab", "", "abab"}, {"=", "contains"}, {"in"}},
    };
    return fields;
}

const std::vector<EdgeField>& syscall_fields() {
    static const std::vector<std::string> kTypes = {"open",     "openat",  "execve",   "getppid",
                                                    "getuid",   "NA",      "switch",   "''",
                                                    "procexit", "unknown", "container"};
    static const std::vector<EdgeField> fields = {
        {"evt.type", EdgeKind::Other, kTypes, {}, {"=", "!=", "contains", "startswith"}, kSets},
        {"syscall.type",
         EdgeKind::Other,
         {"open", "getppid", "nosuch"},
         {"open", "getppid"},
         kEquality,
         kSets},
        {"fd.types", EdgeKind::List, {"ipv4", "file", "''"}, {"ipv4", "file", ""}, {}, kSets},
        {"fd.types[3]", EdgeKind::List, {"ipv4", "file"}, {"ipv4", "file"}, {}, kSets},
        {"proc.name", EdgeKind::Text, kTexts, kTextValues, kTextOperators, kTextSets, "proc.pname"},
        {"proc.pname", EdgeKind::Text, kTexts, kTextValues, kTextOperators, kTextSets, "proc.name"},
        {"fd.name", EdgeKind::Text, kTexts, kTextValues, kTextOperators, kTextSets, "proc.name"},
        {"proc.aname[2]", EdgeKind::Other, kTexts, kTextValues, kTextOperators, kTextSets},
        {"proc.aname",
         EdgeKind::Other,
         kTexts,
         {json::array(), {"sh"}, {"sh", "", "bash"}},
         kTextOperators,
         kTextSets},
        {"proc.aexe", EdgeKind::Other, kTexts, {json::array(), {"/bin/sh", ""}}, kTextOperators, kTextSets},
        {"proc.apid", EdgeKind::Other, kNumbers, {json::array(), {1, 2}, {7}}, kNumberOperators, kSets},
        {"proc.pid",
         EdgeKind::Number,
         {"0", "1", "-1", "4294967296"},
         {0, 1, -1, 4294967296},
         kNumberOperators,
         kSets,
         "proc.ppid"},
        {"proc.ppid", EdgeKind::Number, {"0", "1"}, {0, 1}, kNumberOperators, kSets, "proc.pid"},
        {"user.uid",
         EdgeKind::Number,
         {"0", "1", "4294967295"},
         {0, 1, 4294967295u},
         kNumberOperators,
         kSets},
        {"fd.cport", EdgeKind::Number, {"0", "80", "''"}, {0, 80, 65535}, kEquality, kSets, "fd.sport"},
        {"fd.sport", EdgeKind::Number, {"0", "80"}, {0, 80, 65535}, kNumberOperators, kSets, "fd.cport"},
        {"fd.port", EdgeKind::Other, {"0", "80"}, {json::array(), {80, 1}, {0}}, kNumberOperators, kSets},
        {"fd.ip", EdgeKind::Other, kAddresses, {json::array(), {"10.0.0.1", "::1"}}, kEquality, kSets},
        {"fd.net", EdgeKind::Other, kNetworks, {json::array(), {"10.0.0.1"}}, kEquality, kSets},
        {"fd.cip", EdgeKind::Address, kAddresses, kAddressValues, kEquality, kSets, "fd.sip"},
        {"fd.sip", EdgeKind::Address, kAddresses, kAddressValues, kEquality, kSets, "fd.cip"},
        {"fd.cnet", EdgeKind::Network, kNetworks, kAddressValues, kEquality, kSets},
        {"fd.sip.name", EdgeKind::Other, kTexts, kTextValues, kTextOperators, kTextSets},
        {"proc.is_exe_writable", EdgeKind::Boolean, {"true", "false"}, {true, false}, kEquality, kSets},
        {"evt.buffer",
         EdgeKind::Bytes,
         {"ab", "''"},
         {"ab", "", "abab"},
         {"=", "!=", "contains", "endswith"},
         kSets},
        {"evt.rawarg.name", EdgeKind::Other, kTexts, kTextValues, kTextOperators, kTextSets},
        {"evt.rawarg.flags", EdgeKind::Other, kNumbers, {0, 1}, kNumberOperators, kSets},
        {"evt.arg.flags",
         EdgeKind::Text,
         {"O_RDONLY", "''"},
         {"O_RDONLY", "EXE_WRITABLE", ""},
         kTextOperators,
         kTextSets},
        {"evt.res",
         EdgeKind::Text,
         {"SUCCESS", "EACCES"},
         {"SUCCESS", "EACCES", ""},
         kTextOperators,
         kTextSets},
        {"container.id", EdgeKind::Text, {"host", "''"}, {"host", "abc", ""}, kTextOperators, kTextSets},
    };
    return fields;
}

bool holds_texts(const EdgeField& field) {
    return field.kind == EdgeKind::List && field.values == kTextValues;
}

// Names of lists, whose items take the place of their names.
constexpr const char* kLists[] = {"none", "some", "both", "many"};

}  // namespace

Schemas edge_schemas() {
    json fields = json::array();
    auto add = [&](const char* name, const char* type, bool list) {
        fields.push_back({{"name", fmt::format("own.{}", name)},
                          {"type", type},
                          {"list", list},
                          {"pointer", fmt::format("/{}", name)}});
    };
    for (const char* name : {"texts", "others", "key"}) add(name, "CHARBUF", true);
    fields.back()["argument"] = {{"form", "key"}, {"need", "optional"}};
    add("paths", "FSPATH", true);
    for (const char* name : {"numbers", "counts"}) add(name, "UINT64", true);
    add("times", "RELTIME", true);
    add("flags", "BOOL", true);
    add("addresses", "IPADDR", true);
    add("networks", "IPNET", true);
    for (const char* name : {"name", "path"}) add(name, "CHARBUF", false);
    add("share", "DOUBLE", false);
    add("small", "INT8", false);
    add("bytes", "BYTEBUF", false);
    Schemas out;
    for (std::string_view source : {kDefaultSource, kOwnSource})
        out.add(json{{"source", source}, {"fields", fields}}.dump());
    return out;
}

EdgeRules::EdgeRules(std::mt19937_64& random, std::string_view source) : random_(random), source_(source) {
    for (const EdgeField& field : own_fields()) fields_.push_back(&field);
    if (source_ != kDefaultSource) return;
    for (const EdgeField& field : syscall_fields()) fields_.push_back(&field);
}

const EdgeField& EdgeRules::field() { return *one_of(fields_); }

std::string EdgeRules::list(const EdgeField& field) {
    if (field.operands.empty() || chance(35)) return chance(10) ? "( )" : "()";
    if (field.operands == kTexts && chance(5)) return "(\"\\z\")";  // the same as an empty list
    size_t count = chance(15) ? 20 : 1 + random_() % 3;
    std::string out;
    for (size_t i = 0; i < count; ++i) {
        bool name = field.operands == kTexts && chance(15);
        bool number = field.kind == EdgeKind::Number || field.operands == kNumbers;
        out += out.empty() ? "(" : ", ";
        if (name)
            out += kLists[random_() % std::size(kLists)];
        else if (number && chance(50))
            out += std::to_string(random_() % 40);
        else if (field.operands == kAddresses && chance(50))
            out += fmt::format("10.0.0.{}", random_() % 40);
        else
            out += one_of(field.operands);
    }
    return out + ")";
}

// A comparison of what a transformer makes of a field.
std::string EdgeRules::transformed(const EdgeField& field) {
    if (holds_texts(field)) {
        const std::vector<std::string> kLeft = {"tolower({})", "basename({})", "getopt({}, \"n:x\")",
                                                "getopt((\"-x\", {}), \"x\")"};
        if (chance(40))
            return fmt::format("{} {} {}", fmt::format(fmt::runtime(one_of(kLeft)), field.name),
                               one_of(kSets), list(field));
        if (chance(30))
            return fmt::format("join(\",\", {}) {} {}", field.name, one_of(kTextOperators), one_of(kTexts));
        if (chance(30))
            return fmt::format("getopt({}, \"n:x\")[n] {} {}", field.name, one_of(kTextSets), list(field));
        if (chance(30))
            return fmt::format("len(({}, \"a\")) {} {}", field.name, one_of(kNumberOperators), random_() % 4);
    }
    if (field.kind == EdgeKind::List)
        return fmt::format(
            "len({}) {}", field.name,
            chance(30) ? "in ()" : fmt::format("{} {}", one_of(kNumberOperators), random_() % 3));
    if (chance(10)) return "len(()) = 0";
    if (chance(10)) return fmt::format("join(\",\", ()) {} {}", one_of(kTextSets), list(field));
    if (chance(30)) return fmt::format("concat({}, \"\") {} {}", field.name, one_of(kTextSets), list(field));
    const std::vector<std::string> kLeft = {"tolower({})", "toupper({})", "basename({})", "b64({})"};
    std::string left = fmt::format(fmt::runtime(one_of(kLeft)), field.name);
    if (chance(50)) return fmt::format("{} {} {}", left, one_of(kTextSets), list(field));
    return fmt::format("{} {} {}", left, one_of(kTextOperators), one_of(kTexts));
}

std::string EdgeRules::type_atom() {
    const EdgeField& type = syscall_fields()[random_() % 2];
    if (chance(5)) return type.name + " exists";
    if (chance(5)) return "evt.type.is.open = 1";
    if (chance(5)) return "tolower(evt.type) contains open";
    if (chance(15)) return fmt::format("{} in ()", type.name);
    if (chance(50)) return fmt::format("{} in {}", type.name, list(type));
    return fmt::format("{} {} {}", type.name, one_of(kEquality), one_of(type.operands));
}

std::string EdgeRules::atom() {
    if (source_ == kDefaultSource && chance(10)) return type_atom();
    const EdgeField& f = field();
    if (chance(8) || f.operands.empty()) return f.name + " exists";
    if (!f.same_type.empty() && chance(10))
        return fmt::format("{} {} val({})", f.name, f.operators.empty() ? one_of(kSets) : "=", f.same_type);
    if ((f.kind == EdgeKind::Text || f.kind == EdgeKind::List) && chance(25)) return transformed(f);
    if (f.kind == EdgeKind::Text && chance(20)) {
        const std::vector<std::string> kOperators = {"=", "!=", "startswith", "contains", "glob", "regex"};
        const std::vector<std::string> kModifiers = {"oneof", "anyof", "allof"};
        return fmt::format("{} {} {} {}", f.name, one_of(kOperators), one_of(kModifiers), list(f));
    }
    if (f.operators.empty() || chance(60))
        return fmt::format("{} {} {}", f.name, one_of(f.list_operators), list(f));
    return fmt::format("{} {} {}", f.name, one_of(f.operators), one_of(f.operands));
}

std::string EdgeRules::condition(int depth) {
    if (depth == 0 || chance(25)) return chance(5) ? "shell" : atom();
    if (chance(20)) return "not (" + condition(depth - 1) + ")";
    const char* joint = chance(50) ? " and " : " or ";
    std::string out = "(" + condition(depth - 1);
    for (size_t i = 1 + random_() % 3; i > 0; --i) out += joint + condition(depth - 1);
    return out + ")";
}

// Half of them as people write rules: an event type, something to look for, what is left out.
std::string EdgeRules::rule_condition() {
    if (chance(50)) return condition(3);
    std::string out = source_ == kDefaultSource ? type_atom() : atom();
    for (size_t more = 1 + random_() % 2; more > 0; --more) out += " and " + atom();
    for (size_t more = random_() % 3; more > 0; --more) out += " and not " + atom();
    if (chance(20)) out += fmt::format(" and ({} or {})", atom(), atom());
    return out;
}

json EdgeRules::exception(size_t number) {
    auto texts = [&] {
        json out = json::array();
        for (size_t count = chance(40) ? 0 : 1 + random_() % 3; count > 0; --count)
            out.push_back(chance(20) ? "\"\"" : chance(50) ? "sh" : "/bin/sh");
        return out;
    };
    std::vector<std::string> scalars, lists;
    for (const EdgeField* field : fields_) {
        if (field->kind == EdgeKind::Text) scalars.push_back(field->name);
        if (field->kind == EdgeKind::List && field->operands == kTexts) lists.push_back(field->name);
    }
    json out = {{"name", fmt::format("e{}", number)}};
    if (chance(40)) {
        bool list = chance(40);
        out["fields"] = one_of(list ? lists : scalars);
        out["comps"] = list ? one_of(kSets) : chance(30) ? "startswith anyof" : one_of(kTextSets);
        out["values"] = texts();
        return out;
    }
    out["fields"] = {one_of(scalars), one_of(lists), one_of(scalars)};
    out["comps"] = {"=", one_of(kSets), one_of(kTextSets)};
    out["values"] = json::array();
    for (size_t count = random_() % 3; count > 0; --count)
        out["values"].push_back({chance(50) ? "sh" : "bash", texts(), texts()});
    return out;
}

std::string EdgeRules::rules() {
    json out = json::array();
    json many = json::array();
    for (int i = 0; i < 20; ++i) many.push_back(fmt::format("m{}", i));
    out.push_back({{"list", "none"}, {"items", json::array()}});
    out.push_back({{"list", "some"}, {"items", {"sh", "a b"}}});
    out.push_back({{"list", "both"}, {"items", {"none", "some", "none"}}});
    out.push_back({{"list", "many"}, {"items", many}});
    out.push_back({{"macro", "shell"}, {"condition", fmt::format("({} or {})", atom(), atom())}});
    // So few that they are tested in turn, so few that a set of them is a word, or more.
    size_t count = 1 + random_() % (chance(30) ? 6 : chance(70) ? 50 : 120);
    for (size_t i = 0; i < count; ++i) {
        json rule = {{"rule", fmt::format("r{}", i)},
                     {"desc", "d"},
                     {"condition", rule_condition()},
                     {"output", "o"},
                     {"priority", "INFO"},
                     {"source", source_}};
        for (size_t more = chance(30) ? 1 + random_() % 2 : 0; more > 0; --more)
            rule["exceptions"].push_back(exception(more));
        out.push_back(std::move(rule));
    }
    return out.dump();
}

json EdgeRules::value(const EdgeField& field) {
    if (field.kind != EdgeKind::List) return one_of(field.values);
    json out = json::array();
    for (size_t count = chance(35) ? 0 : chance(5) ? 20 : 1 + random_() % 3; count > 0; --count)
        out.push_back(one_of(field.values));
    return out.size() == 1 && chance(20) ? out[0] : out;
}

void EdgeRules::add_event_type(json& fields) {
    const std::vector<std::string> kTypes = {
        "open",       "openat",    "execve",    "getppid",  "getuid",
        "switch",     "unknown",   "nosuch",    "",         "NA",
        "asyncevent", "container", "geteuid32", "procexit", std::string("open\0x", 6)};
    if (chance(10)) return;
    fields["evt.type"] = chance(5) ? json() : json(chance(50) ? "open" : one_of(kTypes));
    if (chance(10)) fields["evt.args"] = "";
}

std::string EdgeRules::event() {
    json fields = json::object(), document = json::object();
    for (const EdgeField* field : fields_) {
        if (field->values.empty() || chance(25)) continue;
        fields[field->name] = chance(12) ? json() : value(*field);
        if (field->name.starts_with("own.")) document[field->name.substr(4)] = fields[field->name];
    }
    if (source_ == kDefaultSource) add_event_type(fields);
    if (chance(10)) return document.dump();
    if (chance(15))
        return json{
            {"rule", "r"}, {"time", "2024-10-05T13:00:46.9Z"}, {"source", source_}, {"output_fields", fields}}
            .dump();
    return fields.dump();
}

}  // namespace stoop::tests
