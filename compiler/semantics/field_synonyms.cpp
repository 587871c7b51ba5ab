// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/field_synonyms.h"

#include "runtime/base/ascii.h"

namespace stoop {
namespace {

struct Row {
    std::string_view written, meant;
};
constexpr Row kRows[] = {
#define STOOP_FIELD_SYNONYM(written, meant) {written, meant},
#include "compiler/semantics/field_synonyms.def"
#undef STOOP_FIELD_SYNONYM
};

std::string find(std::string_view name, const Schema& schema) {
    for (const Row& row : kRows)
        if (row.written == name && schema.knows(row.meant)) return std::string(row.meant);
    return "";
}

}  // namespace

std::string synonym_of_field(std::string_view name, const Schema& schema) {
    constexpr size_t kLongest = 128;
    std::string plain = lower(name.substr(0, name.find('[')));
    if (plain.size() > kLongest) return "";
    if (std::string meant = find(plain, schema); !meant.empty()) return meant;
    for (size_t at = plain.find('_'); at != plain.npos; at = plain.find('_', at + 1)) {
        std::string dotted = plain;
        dotted[at] = '.';
        if (const Field* field = schema.exact(dotted); field && !field->hidden) return dotted;
        if (std::string meant = find(dotted, schema); !meant.empty()) return meant;
    }
    return "";
}

}  // namespace stoop
