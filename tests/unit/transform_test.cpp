// The transformers that work on several bytes at once do what they do to single ones.
#include <gtest/gtest.h>

#include <cctype>
#include <random>

#include "runtime/match/atom.h"
#include "runtime/match/scratch.h"

namespace stoop {
namespace {

std::string transformed(Transformer transformer, const std::string& text) {
    Operand field;  // slot 0
    Operand operand;
    operand.kind = Operand::Kind::Transform;
    operand.transformer = transformer;
    operand.arguments.push_back(field);
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

}  // namespace
}  // namespace stoop
