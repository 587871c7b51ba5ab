// The transformers (spec: condition-language.md §12). Each takes the values of its arguments and yields one
// value in the scratch; any argument that is absent makes the result absent.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "runtime/match/atom.h"
#include "runtime/match/text.h"

namespace stoop {
namespace {

Value in_scratch(std::string_view text, Scratch& scratch) { return Value::of_text(scratch.arena.copy(text)); }

// Changes the case of the letters from `first` to its 26th.
Value with_case_changed(const Value& value, char first, Scratch& scratch) {
    char* out = scratch.arena.bytes(value.size + 1);
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
        items[i] = Value::of_text({scratch.arena.copy(one.text()).data(), one.size + size_t{1}});
    }
    return Value::of_list(items);
}

Value join(std::string_view separator, std::span<const Value> parts, Scratch& scratch) {
    size_t size = parts.empty() ? 0 : separator.size() * (parts.size() - 1);
    for (const Value& part : parts) size += part.size;
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

// Scans as POSIX getopt does; `emit` gets the option's letter and its value, if it takes one (§12.1).
template <typename Emit>
void scan_options(std::span<const Value> arguments, std::string_view optstring, Emit&& emit) {
    for (size_t i = 0; i < arguments.size(); ++i) {
        std::string_view word = arguments[i].text();
        if (word.empty() || word[0] != '-' || word == "-" || word == "--") return;
        if (word.starts_with("--")) continue;
        for (size_t c = 1; c < word.size(); ++c) {
            Option kind = option_kind(optstring, word[c]);
            if (kind != Option::WithValue) {
                emit(word[c], kind, std::string_view());
                continue;
            }
            std::string_view value = word.substr(c + 1);
            bool missing = value.empty() && i + 1 >= arguments.size();
            if (value.empty() && !missing) value = arguments[++i].text();
            emit(missing ? '\0' : word[c], kind, value);
            break;
        }
    }
}

Value getopt_list(std::span<const Value> arguments, std::string_view optstring, Scratch& scratch) {
    size_t most = 0;
    for (const Value& argument : arguments) most += argument.size + size_t{1};
    auto items = scratch.arena.values(most * 2);
    size_t count = 0;
    auto add = [&](std::string_view text) { items[count++] = in_scratch(text, scratch); };
    scan_options(arguments, optstring, [&](char option, Option kind, std::string_view value) {
        if (kind == Option::Unknown) return add("?");
        if (option != 0) add({&option, 1});
        if (kind == Option::WithValue) add(value);
    });
    return Value::of_list(items.first(count));
}

Value getopt_one(std::span<const Value> arguments, std::string_view optstring, char wanted,
                 Scratch& scratch) {
    Value out = Value::absent();
    bool takes_value = option_kind(optstring, wanted) == Option::WithValue;
    scan_options(arguments, optstring, [&](char option, Option kind, std::string_view value) {
        if (kind == Option::Unknown) return;
        bool same = option == wanted || (option == 0 && takes_value);
        if (same) out = in_scratch(kind == Option::WithValue ? value : std::string_view(&wanted, 1), scratch);
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
    std::span<Value> items = scratch.arena.values(operand.arguments.size());
    size_t count = 0;
    for (size_t i = 0; i < operand.arguments.size(); ++i) {
        const Operand& element = operand.arguments[i];
        Value value = evaluate(element, slots, scratch);
        if (!value.present()) return value;
        if (!element.list) {
            items[count++] =
                is_numeric(type_class(element.type)) ? number_as_text(value, element.type, scratch) : value;
            continue;
        }
        std::span<Value> larger = scratch.arena.values(items.size() + value.size);
        std::copy_n(items.begin(), count, larger.begin());
        std::copy_n(value.items, value.size, larger.begin() + static_cast<ptrdiff_t>(count));
        count += value.size;
        items = larger;
    }
    return Value::of_list(items.first(count));
}

Value transform(const Operand& operand, const Value* slots, Scratch& scratch) {
    Value first = evaluate(operand.arguments[0], slots, scratch);
    if (!first.present()) return first;
    switch (operand.transformer) {
        case Transformer::Len: return length_of(first, operand.arguments[0]);
        case Transformer::Concat: {
            auto parts = scratch.arena.values(operand.arguments.size());
            for (size_t i = 0; i < parts.size(); ++i) {
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
            return operand.selector ? getopt_one(first.list(), optstring.text(), operand.selector, scratch)
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
