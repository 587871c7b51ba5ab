// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/decode.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/program/encode.h"
#include "runtime/program/well_formed.h"

namespace stoop {
namespace {

// What is wrong with the bytes; it ends the reading.
struct Refused {
    std::string why;
};

class Reader {
  public:
    Reader(std::string_view bytes, Program& out) : bytes_(bytes), out_(out) {}

    void run() {
        if (take(kProgramMagic.size()) != kProgramMagic) throw Refused{"this is no program of Stoop"};
        if (uint32_t version = number<uint32_t>(); version != kProgramVersion)
            throw Refused{
                fmt::format("the program is of version {} of the format; this build reads version {}",
                            version, kProgramVersion)};
        out_.source = text();
        list(out_.slots, kLeastSlot, [&] { return slot(); });
        out_.time_slot = number<uint32_t>();
        if (auto type = number<uint32_t>(); type != ProgramNode::kNone) out_.type_slot = type;
        list(out_.event_types, kLeastText, [&] { return std::string(text()); });
        list(out_.atoms, kLeastAtom, [&] { return atom(); });
        list(out_.nodes, kLeastNode, [&] { return node(); });
        list(out_.rules, kLeastRule, [&] { return rule(); });
        if (!bytes_.empty()) throw Refused{"there are bytes behind the program"};
    }

  private:
    static constexpr size_t kMostReserved = 64;
    // What an item takes at least: a count that the bytes that are left cannot hold is refused.
    static constexpr size_t kLeastText = 4, kLeastSlot = 17, kLeastAtom = 12, kLeastNode = 9, kLeastRule = 22,
                            kLeastOperand = 5, kLeastPiece = 5;

    std::string_view take(size_t size) {
        if (size > bytes_.size()) throw Refused{"the program is cut off"};
        std::string_view out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }
    template <typename Number>
    Number number() {
        std::string_view bytes = take(sizeof(Number));
        uint64_t out = 0;
        for (size_t byte = 0; byte < sizeof(Number); ++byte)
            out |= uint64_t{static_cast<unsigned char>(bytes[byte])} << (8 * byte);
        return static_cast<Number>(out);
    }
    bool flag() { return small(1) != 0; }
    // A number of one byte, at most `most`.
    uint8_t small(size_t most) {
        auto out = number<uint8_t>();
        if (out > most) throw Refused{"the program has a value that is out of range"};
        return out;
    }
    template <typename Enum>
    Enum one_of(Enum last) {
        return static_cast<Enum>(small(static_cast<size_t>(last)));
    }
    std::string_view text() { return take(number<uint32_t>()); }

    template <typename List, typename Read>
    void list(List& out, size_t least, Read&& read) {
        auto count = number<uint32_t>();
        if (count > bytes_.size() / least) throw Refused{"the program is cut off"};
        // Lists within lists could claim the same bytes again and again.
        out.reserve(std::min<size_t>(count, kMostReserved));
        for (uint32_t i = 0; i < count; ++i) out.push_back(read());
    }

    Slot slot() {
        Slot out;
        out.spelling = text();
        out.field = text();
        out.type = static_cast<Type>(small(std::size(kTypeClasses) - 1));
        out.list = flag();
        out.print = one_of(PrintFormat::None);
        out.comparison = one_of(Comparison::Around);
        out.filter_only = flag();
        out.pointer = text();
        return out;
    }

    // `depth`: of transformers in transformers.
    Operand operand(size_t depth = 0) {
        if (depth > kDeepestOperand) throw Refused{"an operand of the program is nested too deeply"};
        Operand out;
        out.kind = one_of(Operand::Kind::Transform);
        switch (out.kind) {
            case Operand::Kind::Slot: {
                out.slot = number<uint32_t>();
                if (out.slot >= out_.slots.size()) throw Refused{"the program has no such slot"};
                const Slot& slot = out_.slots[out.slot];
                set_form(out, {slot.type, slot.list, slot.print});
                return out;
            }
            case Operand::Kind::Literal:
                out.literal = Value::of_text(out_.constants.copy(text()));
                return out;
            case Operand::Kind::List:
                arguments(out, depth);
                out.list = true;
                return out;
            case Operand::Kind::Transform: break;
        }
        out.transformer = one_of(Transformer::Getopt);
        out.selector = static_cast<char>(number<uint8_t>());
        arguments(out, depth);
        std::vector<ValueForm> forms;
        for (const Operand& argument : out.arguments) forms.push_back(argument.form());
        auto form = form_of_result(out.transformer, forms, out.selector != 0);
        if (!form) throw Refused{"a transformer of the program does not take its arguments"};
        set_form(out, *form);
        return out;
    }
    void arguments(Operand& out, size_t depth) {
        list(out.arguments, kLeastOperand, [&] { return operand(depth + 1); });
    }
    static void set_form(Operand& out, const ValueForm& form) {
        out.type = form.type;
        out.list = form.list;
        out.print = form.print;
    }

    Value value(Type type) {
        TypeClass kind = type_class(type);
        if (is_numeric(kind) || kind == TypeClass::Boolean) return Value::of_unsigned(number<uint64_t>());
        return Value::of_text(out_.constants.copy(text()));
    }

    Atom atom() {
        Atom out;
        out.op = one_of(Operator::Pmatch);
        out.modifier = one_of(Modifier::Allof);
        out.left = operand();
        if (out.left.kind == Operand::Kind::Slot) out.comparison = out_.slots[out.left.slot].comparison;
        out.right_is_operand = flag();
        if (out.right_is_operand)
            out.right = operand();
        else
            list(out.constants, kLeastText, [&] { return value(out.left.type); });
        return out;
    }

    ProgramNode node() {
        ProgramNode out;
        out.kind = one_of(ProgramNode::Kind::Atom);
        out.atom = number<uint32_t>();
        list(out.children, sizeof(uint32_t), [&] { return number<uint32_t>(); });
        return out;
    }

    OutputPiece piece() {
        OutputPiece out;
        out.is_operand = flag();
        if (!out.is_operand) {
            out.text = text();
            return out;
        }
        out.operand = operand();
        out.width = number<uint32_t>();
        return out;
    }

    EventTypeSet types() {
        if (flag()) return {};
        EventTypeSet out(out_.event_type_count());
        for (size_t begin = 0; begin < out.size(); begin += 64) {
            auto word = number<uint64_t>();
            for (size_t bit = 0; bit < 64; ++bit) {
                if ((word >> bit & 1) == 0) continue;
                if (begin + bit >= out.size()) throw Refused{"the program has no such event type"};
                out.insert(begin + bit);
            }
        }
        // The set of all is written otherwise.
        if (out.is_all()) throw Refused{"a set of event types is not as it is written"};
        return out;
    }

    ProgramRule rule() {
        ProgramRule out;
        out.name = text();
        out.priority = one_of(Priority::Debug);
        list(out.tags, kLeastText, [&] { return std::string(text()); });
        list(out.output, kLeastPiece, [&] { return piece(); });
        list(out.output_fields, kLeastText + sizeof(uint32_t), [&] {
            OutputField field;
            field.key = text();
            field.slot = number<uint32_t>();
            return field;
        });
        out.event_types = types();
        out.node = number<uint32_t>();
        return out;
    }

    std::string_view bytes_;  // that are left
    Program& out_;
};

}  // namespace

std::optional<Program> decode(std::string_view bytes, std::string& error) {
    std::optional<Program> out(std::in_place);
    try {
        Reader(bytes, *out).run();
        error = ill_formed(*out);
    } catch (const Refused& refused) {
        error = refused.why;
    }
    if (!error.empty()) out.reset();
    return out;
}

}  // namespace stoop
