// SPDX-License-Identifier: Apache-2.0
#include "cli/rule_words.h"

#include "cli/paths.h"

namespace stoop::cli {
namespace {

bool is_option(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

}  // namespace

std::vector<std::string> with_rule_options(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    bool wants_value = false;  // the word before is an option that wants rules
    bool more = false;         // the word before is rules
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {  // no options behind it
            out.insert(out.end(), words.begin() + static_cast<ptrdiff_t>(i), words.end());
            break;
        }
        if (more && !is_option(word) && is_named_like(word, FolderOf::Rules)) {
            out.push_back("-r");
            wants_value = true;
        }
        out.push_back(word);
        bool with_value = word.starts_with("--rules=") || (word.starts_with("-r") && word.size() > 2);
        more = wants_value || with_value;
        wants_value = !wants_value && (word == "-r" || word == "--rules");
    }
    return out;
}

}  // namespace stoop::cli
