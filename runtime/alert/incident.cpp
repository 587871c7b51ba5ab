// SPDX-License-Identifier: Apache-2.0
#include "runtime/alert/incident.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <nlohmann/json.hpp>

#include "runtime/alert/markdown.h"
#include "runtime/base/reuse.h"

namespace stoop {
namespace {

using nlohmann::json;

constexpr size_t kLongestValue = 200;  // bytes of a value in the report

std::string code(std::string_view text) {
    std::string out;
    append_code_span(text, kLongestValue, out);
    return out;
}

// What the alert says of an event, as code spans.
class Facts {
  public:
    explicit Facts(const json& fields) : fields_(fields) {}

    // Empty if it is not known.
    std::string operator[](const char* field) const {
        auto found = fields_.find(field);
        if (found == fields_.end() || found->is_null()) return "";
        std::string text = found->is_string() ? found->get<std::string>() : found->dump();
        return text.empty() || text == "<NA>" ? "" : code(text);
    }
    bool is(const char* field, const char* text) const {
        auto found = fields_.find(field);
        return found != fields_.end() && *found == text;
    }

  private:
    const json& fields_;
};

// ` (A, B)` of those that are known, each with a word before it.
std::string bracketed(std::initializer_list<std::pair<const char*, std::string>> facts) {
    std::string out;
    for (const auto& [word, fact] : facts)
        if (!fact.empty()) out += (out.empty() ? " (" : ", ") + std::string(word) + fact;
    return out.empty() ? "" : out + ")";
}

std::string process(const Facts& facts) {
    std::string name = facts["proc.name"];
    std::string details = bracketed({{"pid ", facts["proc.pid"]},
                                     {"command line ", facts["proc.cmdline"]},
                                     {"executable ", facts["proc.exepath"]}});
    std::string out;
    if (!name.empty() || !details.empty())
        out += ", by " + (name.empty() ? "a process" : "the process " + name) + details;
    if (std::string parent = facts["proc.pname"]; !parent.empty()) out += ", with the parent " + parent;
    return out;
}

std::string user(const Facts& facts) {
    std::string name = facts["user.name"], uid = facts["user.uid"];
    if (name.empty()) return uid.empty() ? "" : ", as the user with uid " + uid;
    return ", as the user " + name + bracketed({{"uid ", uid}});
}

std::string place(const Facts& facts) {
    if (facts.is("container.id", "host")) return ", on the host";
    std::string out, name = facts["container.name"], id = facts["container.id"];
    std::string details = bracketed({{"id ", id}, {"image ", facts["container.image.repository"]}});
    if (!name.empty() || !details.empty())
        out += ", in " + (name.empty() ? "a container" : "the container " + name) + details;
    std::string pod = facts["k8s.pod.name"];
    if (!pod.empty()) out += ", in the pod " + pod + bracketed({{"namespace ", facts["k8s.ns.name"]}});
    return out;
}

std::string summary(const json& alert) {
    Facts facts(alert["output_fields"]);
    std::string type = facts["evt.type"], file = facts["fd.name"];
    std::string out = type.empty() ? "An event of the source " + code(alert["source"].get<std::string>())
                                   : "The event " + type;
    out += bracketed({{"result ", facts["evt.res"]}});
    if (!file.empty()) out += " on " + file;
    out += process(facts) + user(facts) + place(facts);
    return out + (out.find(',') == out.npos ? "" : ",") + " matched the rule.";
}

std::string techniques(const ProgramRule& rule) {
    static const RE2 technique(R"((T\d{4})(?:\.(\d{3}))?)");
    std::string out;
    for (const std::string& tag : rule.tags) {
        std::string number, part;
        if (!RE2::FullMatch(tag, technique, &number, &part)) continue;
        out += fmt::format("{}[{}](https://attack.mitre.org/techniques/{}/{})", out.empty() ? "" : ", ", tag,
                           number, part.empty() ? "" : part + "/");
    }
    return out;
}

}  // namespace

bool IncidentRenderer::report(const ProgramRule& rule, const Event& event, std::string& out) {
    clear_for_reuse(alert_);
    if (!alerts_.json(rule, event, alert_)) return false;
    json alert = json::parse(alert_);
    auto text = [&](const char* key) { return alert[key].get<std::string>(); };
    std::string name = code(rule.name), severity = text("priority");
    // YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ
    std::string when = alert["time"].is_null() ? "" : text("time");
    std::string tags;
    for (const std::string& tag : rule.tags) tags += (tags.empty() ? "" : ", ") + code(tag);
    auto line = [&](const char* word, const std::string& value) {
        out += fmt::format("- {}: {}\n", word, value);
    };
    out += fmt::format("## {}: {}\n\n", severity, name);
    line("Date", when.empty() ? "not recorded" : when.substr(0, 10));
    line("Time", when.empty() ? "not recorded" : when.substr(11, when.size() - 12) + " UTC");
    line("Severity", severity);
    line("Host", text("hostname").empty() ? "not known" : code(text("hostname")));
    line("Rule", name);
    line("Tags", tags.empty() ? "none" : tags);
    if (std::string found = techniques(rule); !found.empty()) line("ATT&CK techniques", found);
    out += fmt::format("\n{}\n\n", summary(alert));
    append_json_block(alert.dump(2), out);
    return true;
}

}  // namespace stoop
