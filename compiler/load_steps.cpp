// SPDX-License-Identifier: Apache-2.0
#include "compiler/load_steps.h"

#include <algorithm>
#include <optional>

#include "runtime/base/text_map.h"

namespace stoop {
namespace {

// Calls `visit` with each text of an item in which macros and lists may be named.
template <typename Visit>
void for_each_text(const std::vector<ExceptionValue>& values, Visit&& visit) {
    for (const ExceptionValue& value : values) {
        visit(value.text.text());
        for_each_text(value.items, visit);
    }
}
template <typename Visit>
void for_each_text(const RuleItem& item, Visit&& visit) {
    if (item.condition) visit(item.condition->text());
    if (!item.exceptions) return;
    for (const ExceptionItem& exception : *item.exceptions)
        if (exception.values) for_each_text(*exception.values, visit);
}
template <typename Visit>
void for_each_text(const MacroItem& item, Visit&& visit) {
    visit(item.condition.text());
}
template <typename Visit>
void for_each_text(const ListItem& item, Visit&& visit) {
    for (const MappedText& text : item.items) visit(text.text());
}

template <typename Visit>
void for_each_word(std::string_view text, Visit&& visit) {
    constexpr std::string_view kDelimiters = " \t\n\r(),=";
    visit(text);  // a name may have delimiters in it
    for (size_t begin = 0; begin < text.size();) {
        size_t end = std::min(text.find_first_of(kDelimiters, begin), text.size());
        if (end > begin) visit(text.substr(begin, end - begin));
        begin = end + 1;
    }
}

class Steps {
  public:
    explicit Steps(const std::vector<RuleFile>& files) : files_(files) {
        for (size_t file = 0; file < files.size(); ++file)
            for (const auto& item : files[file].items)
                if (const std::string* name = shared_name(item))
                    shared_.try_emplace(*name, Shared{file, file});
        for (size_t file = 0; file < files.size(); ++file)
            for (const auto& item : files[file].items)
                std::visit(
                    [&](const auto& it) {
                        for_each_text(it, [&](const auto& text) { mention(text, file); });
                    },
                    item);
    }

    std::vector<size_t> find() {
        std::vector<size_t> out;
        TextViewMap<size_t> rules;  // by name: the file that changed it last
        size_t shared_since = 0;    // the youngest state of macros and lists is there after so many files
        for (size_t file = 0; file < files_.size(); ++file) {
            bool changes_shared = false;
            size_t ends_since = 0;  // the youngest state of a rule that ends here, likewise
            for (const auto& item : files_[file].items) {
                if (const std::string* name = shared_name(item)) {
                    const Shared& shared = shared_.at(*name);
                    changes_shared = changes_shared || shared.defined < file || shared.mentioned < file;
                    continue;
                }
                auto [rule, fresh] = rules.try_emplace(std::get<RuleItem>(item).name.text(), file);
                if (!fresh && rule->second < file)
                    ends_since = std::max({ends_since, rule->second + 1, shared_since});
                rule->second = file;
            }
            // All states that end here were there after the files before this one.
            if (changes_shared ? file > 0 : ends_since > (out.empty() ? 0 : out.back())) out.push_back(file);
            if (changes_shared) shared_since = file + 1;
        }
        return out;
    }

  private:
    // A macro or a list: what rules and others of them may depend on.
    struct Shared {
        size_t defined, mentioned;  // the first files in which it is
    };

    static const std::string* shared_name(const std::variant<RuleItem, MacroItem, ListItem>& item) {
        if (auto* macro = std::get_if<MacroItem>(&item)) return &macro->name.text();
        if (auto* list = std::get_if<ListItem>(&item)) return &list->name.text();
        return nullptr;
    }

    void mention(std::string_view text, size_t file) {
        for_each_word(text, [&](std::string_view word) {
            auto shared = shared_.find(word);
            if (shared != shared_.end()) shared->second.mentioned = std::min(shared->second.mentioned, file);
        });
    }

    const std::vector<RuleFile>& files_;
    TextMap<Shared> shared_;
};

}  // namespace

std::vector<size_t> load_steps(const std::vector<RuleFile>& files) {
    return files.size() < 2 ? std::vector<size_t>() : Steps(files).find();
}

uint64_t weight_of(const RuleFile& file) {
    constexpr size_t kBytesOfNode = 32;
    uint64_t out = 0;
    for (const auto& item : file.items) {
        ++out;
        std::visit(
            [&](const auto& it) {
                for_each_text(it, [&](const auto& text) { out += 1 + text.size() / kBytesOfNode; });
            },
            item);
    }
    return out;
}

}  // namespace stoop
