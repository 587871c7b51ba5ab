// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/transformer.h"

#include <algorithm>

namespace stoop {
namespace {

constexpr size_t kAny = TransformerInfo::kAny;
// In the order of the enumeration.
constexpr TransformerInfo kTransformers[] = {
    {"tolower", Transformer::Tolower, 1, 1},  {"toupper", Transformer::Toupper, 1, 1},
    {"b64", Transformer::B64, 1, 1},          {"basename", Transformer::Basename, 1, 1},
    {"len", Transformer::Len, 1, 1},          {"join", Transformer::Join, 2, 2},
    {"concat", Transformer::Concat, 2, kAny}, {"getopt", Transformer::Getopt, 2, 2},
};

bool is_text(const ValueForm& form) { return type_class(form.type) == TypeClass::Text; }
bool is_one_text(const ValueForm& form) { return is_text(form) && !form.list; }

}  // namespace

std::span<const TransformerInfo> all_transformers() { return kTransformers; }

const TransformerInfo& transformer_info(Transformer transformer) {
    return kTransformers[static_cast<size_t>(transformer)];
}

std::optional<Transformer> transformer_from(std::string_view name) {
    for (const TransformerInfo& info : kTransformers)
        if (info.name == name) return info.transformer;
    return std::nullopt;
}

std::optional<ValueForm> form_of_result(Transformer transformer, std::span<const ValueForm> arguments,
                                        bool selected) {
    const TransformerInfo& info = transformer_info(transformer);
    if (arguments.size() < info.least || arguments.size() > info.most) return std::nullopt;
    if (selected && transformer != Transformer::Getopt) return std::nullopt;
    const ValueForm& first = arguments[0];
    bool bytes = first.type == Type::BYTEBUF;
    switch (transformer) {
        case Transformer::Tolower:
        case Transformer::Toupper:
        case Transformer::Basename:
        case Transformer::B64:
            if (!is_text(first) && !(bytes && transformer == Transformer::B64)) return std::nullopt;
            return ValueForm{first.type, first.list};
        case Transformer::Len:
            if (!is_text(first) && !bytes && !first.list) return std::nullopt;
            // A number made from a text is printed as Falco does: not at all (spec: output.md §2).
            return ValueForm{Type::UINT64, false, first.list ? PrintFormat::Decimal : PrintFormat::None};
        case Transformer::Join:
            if (!is_one_text(first) || !arguments[1].list) return std::nullopt;
            return ValueForm{};
        case Transformer::Concat:
            if (!std::all_of(arguments.begin(), arguments.end(), is_one_text)) return std::nullopt;
            return ValueForm{};
        case Transformer::Getopt:
            if (!first.list || !is_text(first) || !is_one_text(arguments[1])) return std::nullopt;
            return ValueForm{Type::CHARBUF, !selected};
    }
    return std::nullopt;
}

}  // namespace stoop
