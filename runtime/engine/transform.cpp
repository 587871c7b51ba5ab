// SPDX-License-Identifier: Apache-2.0
// The transformers (spec: condition-language.md §12). Each takes the values of its arguments and yields one
// value in the scratch; any argument that is absent makes the result absent. What they take from the scratch
// is at most what transform_size.h says.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "runtime/engine/atom_table.h"
#include "runtime/engine/transform_size.h"
#include "runtime/search/text.h"

namespace stoop {
namespace {

Value in_scratch(std::string_view text, Scratch& scratch) { return Value::of_text(scratch.arena.copy(text)); }

// The size of a value has 32 bits. The decoder refuses events that need as much as this, so nothing is made
// absent here but for values that did not come from there.
bool is_too_large(size_t bytes_or_items) { return bytes_or_items > kMostTransformed; }

// Changes the case of the letters from `first` to its 26th.
Value with_case_changed(const Value& value, char first, Scratch& scratch) {
    char* out = scratch.arena.bytes(value.size + size_t{1});
    // A block of its own, of a size that the compiler knows, is worked on with vectors.
    std::array<unsigned char, 64> block{};
    auto change = [&](size_t at, size_t count) {
        std::memcpy(block.data(), value.data + at, count);
        for (unsigned char& c : block)
            c ^= static_cast<unsigned char>((static_cast<unsigned char>(c - first) < 26) << 5);
        std::memcpy(out + at, block.data(), count);
    };
    size_t at = 0;
    for (; at + block.size() <= value.size; at += block.size()) change(at, block.size());
    if (at < value.size) change(at, value.size - at);
    return Value::of_text({out, value.size});
}

std::string_view base_name(std::string_view path) {
    size_t slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

constexpr std::array<int8_t, 256> make_base64_table() {
    std::array<int8_t, 256> table{};
    for (auto& entry : table) entry = -1;
    const char* alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 64; ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<int8_t>(i);
    return table;
}
constexpr auto kBase64 = make_base64_table();

// Standard alphabet, padding optional, unused trailing bits zero; else absent.
Value decode_base64(std::string_view text, bool bytes, Scratch& scratch) {
    size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    if (text.size() % 4 == 1 || (padding != 0 && (text.size() + padding) % 4 != 0)) return Value::absent();
    char* out = scratch.arena.bytes(text.size() + 2);
    size_t size = 0;
    uint32_t bits = 0;
    int held = 0;
    for (char c : text) {
        int digit = kBase64[static_cast<unsigned char>(c)];
        if (digit < 0) return Value::absent();
        bits = (bits << 6) | static_cast<uint32_t>(digit);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[size++] = static_cast<char>(bits >> held);
            bits &= (1u << held) - 1;
        }
    }
    if (bits != 0) return Value::absent();
    // On a buffer the result carries one zero byte more, so that `=` never holds (§12).
    if (bytes)
        out[size++] = 0;
    else
        size = strnlen(out, size);
    return Value::of_text({out, size});
}

Value length_of(const Value& value, const Operand& argument) {
    if (argument.list) return Value::of_unsigned(value.size);
    if (type_class(argument.type) == TypeClass::Text)
        return Value::of_unsigned(strnlen(value.data, value.size));
    return Value::of_unsigned(value.size);
}

// A string transformer on one value. On the values of a list the result keeps a zero byte at its end, so that
// no operand ever equals it (§12).
Value transform_one(Transformer transformer, const Value& value, Type type, Scratch& scratch) {
    switch (transformer) {
        case Transformer::Tolower: return with_case_changed(value, 'A', scratch);
        case Transformer::Toupper: return with_case_changed(value, 'a', scratch);
        case Transformer::Basename: return Value::of_text(base_name(value.text()));
        default: return decode_base64(value.text(), type_class(type) == TypeClass::Bytes, scratch);
    }
}

Value transform_list(Transformer transformer, const Value& value, Type type, Scratch& scratch) {
    auto items = scratch.arena.values(value.size);
    for (size_t i = 0; i < items.size(); ++i) {
        Value one = transform_one(transformer, value.items[i], type, scratch);
        if (!one.present()) return one;
        size_t size = one.size + size_t{1};
        if (is_too_large(size)) return Value::absent();
        items[i] = Value::of_text({scratch.arena.copy(one.text()).data(), size});
    }
    return Value::of_list(items);
}

Value join(std::string_view separator, std::span<const Value> parts, Scratch& scratch) {
    size_t size = parts.empty() ? 0 : separator.size() * (parts.size() - 1);
    for (const Value& part : parts) size += part.size;
    if (is_too_large(size)) return Value::absent();
    char* out = scratch.arena.bytes(size + 1);
    char* at = out;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (i != 0) at = std::copy(separator.begin(), separator.end(), at);
        at = std::copy_n(parts[i].data, parts[i].size, at);
    }
    return Value::of_text({out, size});
}

// Whether `option` is in an optstring such as "n:x", and whether it takes a value.
enum class Option { Unknown, Flag, WithValue };
Option option_kind(std::string_view optstring, char option) {
    if (option == ':') return Option::Unknown;
    size_t at = optstring.find(option);
    if (at == optstring.npos) return Option::Unknown;
    return at + 1 < optstring.size() && optstring[at + 1] == ':' ? Option::WithValue : Option::Flag;
}

// Scans as POSIX getopt does; `emit` gets the place of the option's letter (null if its value is missing) and
// the value, if it takes one (§12.1).
template <typename Emit>
void scan_options(std::span<const Value> arguments, std::string_view optstring, Emit&& emit) {
    for (size_t i = 0; i < arguments.size(); ++i) {
        std::string_view word = arguments[i].text();
        if (word.empty() || word[0] != '-' || word == "-" || word == "--") return;
        if (word.starts_with("--")) continue;
        for (size_t c = 1; c < word.size(); ++c) {
            Option kind = option_kind(optstring, word[c]);
            if (kind != Option::WithValue) {
                emit(&word[c], kind, std::string_view());
                continue;
            }
            std::string_view value = word.substr(c + 1);
            bool missing = value.empty() && i + 1 >= arguments.size();
            if (value.empty() && !missing) value = arguments[++i].text();
            emit(missing ? nullptr : &word[c], kind, value);
            break;
        }
    }
}

// Its items are pieces of the arguments.
Value getopt_list(std::span<const Value> arguments, std::string_view optstring, Scratch& scratch) {
    // Calls `add` with each item.
    auto scan = [&](auto&& add) {
        scan_options(arguments, optstring, [&](const char* option, Option kind, std::string_view value) {
            if (kind == Option::Unknown) return add("?");
            if (option) add(std::string_view(option, 1));
            if (kind == Option::WithValue) add(value);
        });
    };
    size_t count = 0;
    scan([&](std::string_view) { ++count; });
    if (is_too_large(count)) return Value::absent();
    auto items = scratch.arena.values(count);
    auto item = items.begin();
    scan([&](std::string_view text) { *item++ = Value::of_text(text); });
    return Value::of_list(items);
}

Value getopt_one(std::span<const Value> arguments, std::string_view optstring, const char& wanted) {
    Value out = Value::absent();
    bool takes_value = option_kind(optstring, wanted) == Option::WithValue;
    scan_options(arguments, optstring, [&](const char* option, Option kind, std::string_view value) {
        if (kind == Option::Unknown) return;
        bool same = option ? *option == wanted : takes_value;
        if (same) out = Value::of_text(kind == Option::WithValue ? value : std::string_view(&wanted, 1));
    });
    return out;
}

Value number_as_text(const Value& value, Type type, Scratch& scratch) {
    char buffer[24];
    auto end = type_class(type) == TypeClass::Signed
                   ? std::to_chars(buffer, buffer + sizeof buffer, value.i).ptr
                   : std::to_chars(buffer, buffer + sizeof buffer, value.u).ptr;
    return in_scratch({buffer, static_cast<size_t>(end - buffer)}, scratch);
}

// The elements of a list that is an element of this one take its place.
Value evaluate_list(const Operand& operand, const Value* slots, Scratch& scratch) {
    std::span<Value> elements = scratch.arena.values(operand.arguments.size());
    size_t count = 0;
    for (size_t i = 0; i < elements.size(); ++i) {
        elements[i] = evaluate(operand.arguments[i], slots, scratch);
        if (!elements[i].present()) return elements[i];
        count += operand.arguments[i].list ? elements[i].size : 1;
    }
    if (is_too_large(count)) return Value::absent();
    std::span<Value> items = scratch.arena.values(count);
    auto item = items.begin();
    for (size_t i = 0; i < elements.size(); ++i) {
        const Operand& element = operand.arguments[i];
        bool number = is_numeric(type_class(element.type));
        for (const Value& value : element.list ? elements[i].list() : std::span<const Value>(&elements[i], 1))
            *item++ = number ? number_as_text(value, element.type, scratch) : value;
    }
    return Value::of_list(items);
}

Value transform(const Operand& operand, const Value* slots, Scratch& scratch) {
    Value first = evaluate(operand.arguments[0], slots, scratch);
    if (!first.present()) return first;
    switch (operand.transformer) {
        case Transformer::Len: return length_of(first, operand.arguments[0]);
        case Transformer::Concat: {
            auto parts = scratch.arena.values(operand.arguments.size());
            parts[0] = first;
            for (size_t i = 1; i < parts.size(); ++i) {
                parts[i] = evaluate(operand.arguments[i], slots, scratch);
                if (!parts[i].present()) return parts[i];
            }
            return join("", parts, scratch);
        }
        case Transformer::Join: {
            Value list = evaluate(operand.arguments[1], slots, scratch);
            return list.present() ? join(first.text(), list.list(), scratch) : list;
        }
        case Transformer::Getopt: {
            Value optstring = evaluate(operand.arguments[1], slots, scratch);
            if (!optstring.present()) return optstring;
            return operand.selector ? getopt_one(first.list(), optstring.text(), operand.selector)
                                    : getopt_list(first.list(), optstring.text(), scratch);
        }
        default: break;
    }
    const Operand& argument = operand.arguments[0];
    return argument.list ? transform_list(operand.transformer, first, argument.type, scratch)
                         : transform_one(operand.transformer, first, argument.type, scratch);
}

}  // namespace

Value evaluate(const Operand& operand, const Value* slots, Scratch& scratch) {
    switch (operand.kind) {
        case Operand::Kind::Slot: return slots[operand.slot];
        case Operand::Kind::Literal: return operand.literal;
        case Operand::Kind::List: return evaluate_list(operand, slots, scratch);
        case Operand::Kind::Transform: return transform(operand, slots, scratch);
    }
    return Value::absent();
}

}  // namespace stoop
