// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/transform_size.h"

#include <algorithm>

namespace stoop {
namespace {

constexpr uint64_t kLongestNumber = 20;  // digits and a sign
// Besides its bytes, of a text: the zero byte at its end, and what the arena rounds up to.
constexpr uint64_t kTextOverhead = 32;
// The same of an item, which is a Value, too.
constexpr uint64_t kItemOverhead = sizeof(Value) + 2 * kTextOverhead;

uint64_t sum(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }
uint64_t product(uint64_t a, uint64_t b) {
    uint64_t out;
    return __builtin_mul_overflow(a, b, &out) ? UINT64_MAX : out;
}

class Measure {
  public:
    explicit Measure(const SlotSize& slot_size) : slot_size_(slot_size) {}

    // The size of the operand's value.
    ValueSize of(const Operand& operand) {
        switch (operand.kind) {
            case Operand::Kind::Slot: return slot_size_(operand);
            case Operand::Kind::Literal: return {operand.literal.size, 1};
            case Operand::Kind::List: return of_list(operand);
            case Operand::Kind::Transform: return of_transform(operand);
        }
        return {};
    }
    uint64_t taken() const { return taken_; }

  private:
    void take(uint64_t bytes) { taken_ = sum(taken_, bytes); }
    void take_items(uint64_t items) { take(product(sum(items, 1), kItemOverhead)); }

    // All of the arguments' together.
    ValueSize of_arguments(const Operand& operand) {
        ValueSize out{0, 0};
        for (const Operand& argument : operand.arguments) {
            ValueSize size = of(argument);
            out.bytes = sum(out.bytes, size.bytes);
            out.items = sum(out.items, size.items);
            if (is_numeric(type_class(argument.type)))
                out.bytes = sum(out.bytes, product(size.items, kLongestNumber));
        }
        return out;
    }

    ValueSize of_list(const Operand& operand) {
        ValueSize out = of_arguments(operand);
        take_items(operand.arguments.size());
        take_items(out.items);
        take(out.bytes);
        return out;
    }

    ValueSize of_transform(const Operand& operand) {
        switch (operand.transformer) {
            case Transformer::Len: of(operand.arguments[0]); return {};
            case Transformer::Concat: {
                uint64_t bytes = of_arguments(operand).bytes;
                take_items(operand.arguments.size());
                return text(bytes);
            }
            case Transformer::Join: {
                ValueSize separator = of(operand.arguments[0]), list = of(operand.arguments[1]);
                return text(sum(list.bytes, product(separator.bytes, list.items)));
            }
            case Transformer::Getopt: {
                // No more items than bytes; each is a piece of an argument.
                ValueSize words = of(operand.arguments[0]);
                of(operand.arguments[1]);
                if (operand.selector != 0) return {words.bytes, 1};
                take_items(words.bytes);
                return {words.bytes, words.bytes};
            }
            case Transformer::Tolower:
            case Transformer::Toupper:
            case Transformer::Basename:
            case Transformer::B64: break;
        }
        ValueSize argument = of(operand.arguments[0]);
        if (!operand.list) return text(argument.bytes);
        take(product(argument.bytes, 2));  // what it makes is copied to stand before a zero byte
        take_items(argument.items);
        return {sum(argument.bytes, argument.items), argument.items};
    }
    ValueSize text(uint64_t bytes) {
        take(sum(bytes, kTextOverhead));
        return {bytes, 1};
    }

    const SlotSize& slot_size_;
    uint64_t taken_ = 0;
};

}  // namespace

ValueSize size_of(const Value& value, bool list) {
    if (!value.present()) return {0, 0};
    if (!list) return {value.size, 1};
    ValueSize out{0, value.size};
    for (const Value& item : value.list()) out.bytes += item.size;
    return out;
}

uint64_t transformed_bytes(const Operand& operand, const SlotSize& slot_size) {
    Measure measure(slot_size);
    measure.of(operand);
    return measure.taken();
}

uint64_t transformed_bytes(const Atom& atom, const SlotSize& slot_size) {
    Measure measure(slot_size);
    measure.of(atom.left);
    if (atom.right_is_operand) measure.of(atom.right);
    return measure.taken();
}

}  // namespace stoop
