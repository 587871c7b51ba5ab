// SPDX-License-Identifier: Apache-2.0
#include "compiler/project/rule_text.h"

#include <algorithm>

#include "compiler/semantics/published_names.h"
#include "compiler/source/extract.h"
#include "compiler/source/other_files.h"
#include "compiler/source/yaml_node.h"
#include "runtime/event/schema.h"

namespace stoop {
namespace {

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// By its name, or because nearly all macros and lists that it defines are those that Falco publishes.
bool is_published(const RuleText& file) {
    constexpr size_t kEnough = 5;  // of names, to go by them
    auto named = [&](const PublishedName& one) { return one.file == file_name(file.path); };
    auto known = published_names();
    if (std::any_of(known.begin(), known.end(), named)) return true;
    size_t all = 0, published = 0;
    for (std::string_view item : file.defines) {
        if (item.starts_with("rule ")) continue;
        ++all;
        size_t blank = item.find(' ');
        published += find_published(item.substr(0, blank), item.substr(blank + 1)) != nullptr;
    }
    return all >= kEnough && published * 10 >= all * 9;
}

void add_words(std::string_view text, std::set<std::string>& words) {
    auto in_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '.';
    };
    for (size_t begin = 0; begin < text.size();) {
        size_t end = begin;
        while (end < text.size() && in_word(text[end])) ++end;
        if (end > begin) words.emplace(text.substr(begin, end - begin));
        begin = end + 1;
    }
}

void add_words(const YamlNode& node, std::set<std::string>& words) {
    if (node.IsScalar()) add_words(node.Scalar(), words);
    if (node.IsSequence())
        for (const YamlNode& item : node) add_words(item, words);
}

void add_item(const YamlNode& item, RuleText& out) {
    for (const char* kind : {"rule", "macro", "list"}) {
        YamlNode name = item[kind];
        if (!name.IsDefined() || !name.IsScalar()) continue;
        bool is_rule = std::string_view(kind) == "rule";
        bool whole = is_rule ? item["condition"].IsDefined() : true;
        bool changes = item["append"].flag().value_or(false) || item["override"].IsDefined() || !whole;
        (changes ? out.changes : out.defines).insert(std::string(kind) + " " + name.Scalar());
        if (is_rule && !changes)
            out.sources.insert(item["source"].IsDefined() ? item["source"].Scalar()
                                                          : std::string(kDefaultSource));
    }
    for (const char* key : {"condition", "items", "exceptions"})
        if (item[key].IsDefined()) add_words(item[key], out.words);
}

// Falco's own come first, as its packages load them: what is in several of them is the last one's.
int rank(const RuleText& file) {
    if (!file.published) return 4;
    std::string_view name = file_name(file.path);
    constexpr std::string_view kLater[] = {"falco-incubating_rules.yaml", "falco-sandbox_rules.yaml",
                                           "falco-deprecated_rules.yaml"};
    auto found = std::find(std::begin(kLater), std::end(kLater), name);
    return found == std::end(kLater) ? 0 : static_cast<int>(found - std::begin(kLater)) + 1;
}

bool uses(const RuleText& user, const RuleText& other) {
    auto shares = [](const std::set<std::string>& a, const std::set<std::string>& b) {
        return std::any_of(a.begin(), a.end(), [&](const std::string& item) { return b.contains(item); });
    };
    if (shares(user.changes, other.defines)) return true;
    return std::any_of(other.defines.begin(), other.defines.end(), [&](const std::string& item) {
        if (item.starts_with("rule ") || user.defines.contains(item)) return false;
        return user.words.contains(item.substr(item.find(' ') + 1));
    });
}

}  // namespace

bool is_rule_text(std::string_view text, const Limits& limits) {
    try {
        YamlDocuments documents(text, limits);
        return !documents.roots().empty() && is_list_of_rules(documents.roots()[0]);
    } catch (const YAML::Exception&) {
        return has_rule_items(text);
    }
}

RuleText read_rule_text(std::string path, std::string_view text, const Limits& limits) {
    RuleText out;
    out.path = std::move(path);
    try {
        YamlDocuments documents(text, limits);
        for (const YamlNode& root : documents.roots())
            if (root.IsSequence())
                for (const YamlNode& item : root)
                    if (item.IsMap()) add_item(item, out);
    } catch (const YAML::Exception&) {  // what is wrong with it is for 'check' to say
    }
    out.published = is_published(out);
    return out;
}

std::vector<RuleText> in_load_order(std::vector<RuleText> files) {
    std::stable_sort(files.begin(), files.end(),
                     [](const RuleText& a, const RuleText& b) { return rank(a) < rank(b); });
    std::vector<RuleText> out;
    while (!files.empty()) {
        // The first that waits for none of the others; where all wait in a circle, the first.
        auto next = std::find_if(files.begin(), files.end(), [&](const RuleText& file) {
            return std::none_of(files.begin(), files.end(), [&](const RuleText& other) {
                return &other != &file && (uses(file, other) || (other.published && !file.published));
            });
        });
        if (next == files.end()) next = files.begin();
        out.push_back(std::move(*next));
        files.erase(next);
    }
    return out;
}

}  // namespace stoop
