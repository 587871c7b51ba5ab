// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/unread.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/base/counted.h"
#include "runtime/base/excerpt.h"
#include "runtime/base/printable.h"

namespace stoop {
namespace {

constexpr size_t kMostKeys = 4;      // that are shown
constexpr size_t kLongestName = 60;  // in bytes

constexpr std::string_view kPublicSources[] = {"syscall", "k8s_audit", "aws_cloudtrail", "gcp_auditlog",
                                               "okta",    "github",    "keycloak",       "docker"};

// An array of events, as far as its beginning tells.
bool is_array_of_objects(const JsonTokens& tokens, uint32_t value) {
    return tokens.kind(value) == '[' && (tokens.kind(value + 1) == '{' || tokens.kind(value + 1) == ']');
}

// What the keys of a document are, apart from their order.
class Keys {
  public:
    Keys(JsonTokens& tokens, uint32_t object) {
        Arena arena;
        uint32_t token = object + 1;
        if (tokens.kind(token) == '}') return;
        for (;; ++token) {  // over the comma
            names_.push_back(cropped(tokens.string(token, arena), kLongestName));
            token += 2;
            note(tokens, token);
            tokens.skip_value(token);
            if (tokens.kind(token) != ',') return;
            if (names_.size() == kMostLookedAt) return;
        }
    }

    const std::vector<std::string>& names() const { return names_; }
    bool has(std::string_view name) const { return std::ranges::count(names_, name) > 0; }
    const std::string& several() const { return several_; }

  private:
    static constexpr size_t kMostLookedAt = 1000;

    void note(JsonTokens& tokens, uint32_t value) {
        if (!several_.empty()) return;
        if (is_array_of_objects(tokens, value)) several_ = names_.back();
        if (names_.back() != "hits" || tokens.kind(value) != '{') return;
        Keys inner(tokens, value);  // an answer of Elasticsearch
        if (inner.has("hits")) several_ = "hits.hits";
    }

    std::vector<std::string> names_;
    std::string several_;
};

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (size_t i = 0; i < std::min(kMostKeys, names.size()); ++i)
        out += fmt::format("{}'{}'", i == 0 ? "" : ", ", names[i]);
    return out + (names.size() > kMostKeys ? " ..." : "");
}

// Nothing for an empty name.
std::string quoted(const char* before, const std::string& name) {
    return name.empty() ? "" : format_printable("{} '{}'", before, name);
}

// What jq is asked for to have each event on a line of its own.
std::string one_by_one(const std::string& key) {
    if (key == "streams") return "jq -rc '.streams[].values[][1]'";
    if (key == "logEvents") return "jq -rc '.logEvents[].message'";
    bool plain = std::ranges::all_of(
        key, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; });
    return plain && !key.empty() ? fmt::format("jq -c '.{}[]'", key) : "with jq for instance";
}

}  // namespace

Unread explain_unread(JsonTokens& tokens, uint32_t token, bool alert) {
    using Kind = Unread::Kind;
    Keys keys(tokens, token);
    if (keys.names().empty()) return {alert ? Kind::AlertWithoutFields : Kind::NoKeys, ""};
    if (alert) return {Kind::OtherKeys, listed(keys.names())};
    if (keys.has("rule") && (keys.has("output") || keys.has("priority")))
        return {Kind::AlertWithoutFields, ""};
    if (keys.has("auditID")) return {Kind::OtherSource, "k8s_audit"};
    if (keys.has("eventSource") && keys.has("awsRegion")) return {Kind::OtherSource, "aws_cloudtrail"};
    if (!keys.several().empty()) return {Kind::SeveralEvents, keys.several()};
    return {Kind::OtherKeys, listed(keys.names())};
}

Unread without_names(Unread unread) {
    using Kind = Unread::Kind;
    if (unread.kind == Kind::OtherSource && std::ranges::count(kPublicSources, unread.name) > 0)
        return unread;
    for (Kind kind : {Kind::OtherKeys, Kind::SeveralEvents, Kind::MisspeltField, Kind::OtherSource,
                      Kind::UnknownEventType})
        if (unread.kind == kind) unread.name.clear();
    return unread;
}

std::string_view unread_reason(Unread::Kind kind) {
    constexpr std::string_view kReasons[] = {
        "other keys",        "no keys",        "several events", "alert without fields", "no object",
        "too many wrappers", "misspelt field", "other source",   "unknown event type",   "unreadable time"};
    return kReasons[static_cast<size_t>(kind)];
}

std::string unread_text(const Unread& unread, uint64_t count, std::string_view source) {
    auto say = [&](std::string_view noun, std::string_view singular, std::string_view plural) {
        if (count == 0) return fmt::format("this {} {}", noun, singular);
        return fmt::format("{} {}", counted(count, noun), count == 1 ? singular : plural);
    };
    switch (unread.kind) {
        case Unread::Kind::OtherKeys:
            return format_printable("{} none of the fields that the rules read{}{}",
                                    say("event", "has", "have"), unread.name.empty() ? "" : ", but ",
                                    unread.name);
        case Unread::Kind::NoKeys: return say("event", "is an empty object", "are empty objects");
        case Unread::Kind::SeveralEvents:
            return say("record", "holds", "hold") + " an array of objects" + quoted(" in", unread.name);
        case Unread::Kind::AlertWithoutFields: return say("alert", "has", "have") + " no output_fields";
        case Unread::Kind::NoObject:
            return fmt::format("{} no JSON object in {}", say("record", "holds", "hold"), unread.name);
        case Unread::Kind::TooManyWrappers:
            return fmt::format("{} wrapped more than twice: {}", say("record", "is", "are"), unread.name);
        case Unread::Kind::MisspeltField:
            return say("event", "has", "have") + " a key" + quoted("", unread.name) + " that is no field";
        case Unread::Kind::OtherSource:
            return format_printable("{} of {}; these rules are for source '{}'", say("event", "is", "are"),
                                    unread.name.empty() ? "another source" : "source '" + unread.name + "'",
                                    source);
        case Unread::Kind::UnknownEventType:
            return say("event", "is", "are") + " of a type" + quoted("", unread.name) +
                   " that does not exist";
        case Unread::Kind::UnreadableTime:
            return say("alert", "has", "have") + " a time that cannot be read, and no other";
    }
    return "";
}

std::string unread_help(const Unread& unread) {
    switch (unread.kind) {
        case Unread::Kind::OtherKeys: return "'stoop fields' lists the names of all fields";
        case Unread::Kind::NoKeys: return "";
        case Unread::Kind::SeveralEvents:
            return "write each event on a line of its own: " + one_by_one(unread.name);
        case Unread::Kind::AlertWithoutFields:
            return "Falco writes them with 'json_include_output_fields_property: true' in falco.yaml";
        case Unread::Kind::NoObject: return "Falco writes JSON with 'json_output: true' in falco.yaml";
        case Unread::Kind::TooManyWrappers: return "take the outer ones off first, with jq for instance";
        case Unread::Kind::MisspeltField: return fmt::format("did you mean '{}'?", unread.meant);
        case Unread::Kind::OtherSource:
            return format_printable("'--source {}' reads them, with a '--schema' that has it",
                                    unread.name.empty() ? "NAME" : unread.name);
        case Unread::Kind::UnknownEventType:
            return unread.meant.empty() ? "" : fmt::format("did you mean '{}'?", unread.meant);
        case Unread::Kind::UnreadableTime: return "Falco writes it as in 2024-10-05T13:00:46.123456789Z";
    }
    return "";
}

}  // namespace stoop
