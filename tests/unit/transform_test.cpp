// SPDX-License-Identifier: Apache-2.0
// The transformers that work on several bytes at once do what they do to single ones. None takes more memory
// than is worked out before, and none makes a value whose size does not fit a value.
#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <random>

#include "runtime/engine/atom_table.h"
#include "runtime/engine/scratch.h"
#include "runtime/engine/transform_size.h"

namespace stoop {
namespace {

Operand field(uint32_t slot, bool list = false) {
    Operand out;
    out.slot = slot;
    out.list = list;
    return out;
}
Operand transform(Transformer transformer, std::vector<Operand> arguments) {
    Operand out;
    out.kind = Operand::Kind::Transform;
    out.transformer = transformer;
    out.arguments = std::move(arguments);
    return out;
}
Operand list_of(std::vector<Operand> elements) {
    Operand out;
    out.kind = Operand::Kind::List;
    out.list = true;
    out.arguments = std::move(elements);
    return out;
}

std::string transformed(Transformer transformer, const std::string& text) {
    Operand operand = transform(transformer, {field(0)});
    Scratch scratch;
    Value slot = Value::of_text(text);
    return std::string(evaluate(operand, &slot, scratch).text());
}

TEST(Transformers, ChangeTheCaseOfAsciiLettersAlone) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 5000; ++round) {
        std::string text(random() % 40, '\0'), lower, upper;
        for (char& byte : text)
            byte = static_cast<char>(round % 2 == 0 ? random() : "@AZ[`az{"[random() % 8]);
        for (unsigned char byte : text) {
            bool ascii = byte < 128;  // in the C locale only these are letters
            lower += static_cast<char>(ascii ? std::tolower(byte) : byte);
            upper += static_cast<char>(ascii ? std::toupper(byte) : byte);
        }
        ASSERT_EQ(transformed(Transformer::Tolower, text), lower);
        ASSERT_EQ(transformed(Transformer::Toupper, text), upper);
    }
}

// Operands of any depth over a text, a number, and two lists of texts.
class RandomOperands {
  public:
    explicit RandomOperands(std::mt19937_64& random) : random_(random) {}

    Operand text(int depth) {
        if (depth == 0) return field(0);
        switch (random_() % 6) {
            case 0: return transform(Transformer::Concat, {text(depth - 1), text(depth - 1), field(0)});
            case 1: return transform(Transformer::Join, {text(depth - 1), list(depth - 1)});
            case 2: {
                Operand out = transform(Transformer::Getopt, {list(depth - 1), text(depth - 1)});
                out.selector = 'n';
                return out;
            }
            default: return transform(one_of(), {text(depth - 1)});
        }
    }
    Operand list(int depth) {
        if (depth == 0) return field(2 + random_() % 2, true);
        Operand out;
        switch (random_() % 3) {
            case 0: return list_of({text(depth - 1), number(), list(depth - 1), list(depth - 1)});
            case 1: out = transform(Transformer::Getopt, {list(depth - 1), text(depth - 1)}); break;
            default: out = transform(one_of(), {list(depth - 1)});
        }
        out.list = true;
        return out;
    }

  private:
    static Operand number() {
        Operand out = field(1);
        out.type = Type::INT64;
        return out;
    }
    Transformer one_of() {
        return std::array{Transformer::Tolower, Transformer::Toupper, Transformer::Basename,
                          Transformer::B64}[random_() % 4];
    }

    std::mt19937_64& random_;
};

TEST(Transformers, TakeNoMoreThanIsWorkedOutBefore) {
    std::mt19937_64 random(7);
    Scratch scratch;
    scratch.arena.bytes(size_t{4} << 20);  // one block, which is kept: all that is taken is counted in it
    size_t present = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::vector<std::string> texts;
        for (int i = 0; i < 12; ++i) {
            texts.emplace_back(random() % 40, 'n');
            if (random() % 2 == 0) texts.back().insert(0, "-");
        }
        std::vector<Value> items;
        for (const std::string& text : texts) items.push_back(Value::of_text(text));
        const Value slots[] = {items[0], Value::of_signed(INT64_MIN),
                               Value::of_list({items.data() + 1, random() % 6}),
                               Value::of_list({items.data() + 6, random() % 6})};
        RandomOperands operands(random);
        const Operand operand = round % 2 == 0 ? operands.text(round % 5) : operands.list(round % 4);
        scratch.arena.reset();
        present += evaluate(operand, slots, scratch).present();
        size_t taken = scratch.arena.mark().used;
        ASSERT_LE(taken, transformed_bytes(operand, [&](const Operand& slot) {
                      return size_of(slots[slot.slot], slot.list);
                  }));
        ASSERT_EQ(scratch.arena.mark().block, 0u);
    }
    EXPECT_GT(present, 5'000u);
}

// Of a text of two megabytes 2048 are four gigabytes, which no value can be. None of it is put together.
TEST(Transformers, MakeNoValueThatIsTooLarge) {
    constexpr size_t kSize = size_t{2} << 20, kTimes = 2048;
    static_assert(kSize * kTimes == size_t{1} << 32);
    const std::string text(kSize, 'A'), shorter(kSize - 1, 'B');
    std::vector<Value> items(kSize, Value::of_text(text));
    const Value slots[] = {Value::of_text(text), Value::of_text(shorter), Value::of_list(items)};
    std::vector<Operand> texts(kTimes, field(0)), lists(kTimes, field(2, true));
    std::vector<Operand> one_less = texts;
    one_less.back() = field(1);
    const Operand too_long = transform(Transformer::Concat, texts);
    const Operand longest = transform(Transformer::Concat, one_less);  // 2^32 - 1 bytes
    for (const Operand& operand :
         {too_long, longest, transform(Transformer::Len, {too_long}),
          transform(Transformer::Tolower, {longest}), transform(Transformer::B64, {longest}),
          transform(Transformer::Join, {field(0), field(2, true)}),
          transform(Transformer::Join, {field(1), list_of(texts)}),
          transform(Transformer::Len, {list_of(lists)})}) {
        Scratch scratch;
        EXPECT_EQ(evaluate(operand, slots, scratch).state, State::Absent);
        EXPECT_GE(transformed_bytes(
                      operand, [&](const Operand& slot) { return size_of(slots[slot.slot], slot.list); }),
                  uint64_t{kMostTransformed});
    }
    Scratch scratch;
    one_less.resize(16);
    Value fits =
        evaluate(transform(Transformer::Len, {transform(Transformer::Concat, one_less)}), slots, scratch);
    EXPECT_EQ(fits.u, 16 * kSize);
}

// What a comparison takes is there again for the next.
TEST(Transformers, GiveBackWhatAComparisonTook) {
    const std::string text(1'000'000, 'A');
    const Value slot = Value::of_text(text);
    Atom atom;
    atom.left = transform(Transformer::Tolower, {field(0)});
    atom.op = Operator::Startswith;
    atom.constants = {Value::of_text("aaa")};
    const AtomTable table(atom);
    Scratch scratch;
    ASSERT_TRUE(test(table, &slot, scratch));
    Arena::Mark before = scratch.arena.mark();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(test(table, &slot, scratch));
    EXPECT_EQ(scratch.arena.mark().block, before.block);
    EXPECT_EQ(scratch.arena.mark().used, before.used);
}

// A block that was too small for an event is not kept for every size there is.
TEST(Arena, KeepsFewBlocksForEventsThatGrow) {
    Arena arena;
    size_t most = 0;
    for (size_t size = 1; size < size_t{8} << 20; size += 4096) {
        arena.reset();
        arena.bytes(size);
        most = std::max(most, arena.mark().block);
    }
    EXPECT_LT(most, 16u);
}

}  // namespace
}  // namespace stoop
