// SPDX-License-Identifier: Apache-2.0
// Every byte of a scalar is placed where it stands in the file, however the scalar is written.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <random>

#include "compiler/source/yaml_scalar.h"

namespace stoop {
namespace {

// The document `k: SCALAR`, its value, and the value's mapping.
struct Mapped {
    std::string yaml, value;
    MappedText text;
};

Mapped map(const std::string& yaml) {
    Mapped out{yaml, "", {}};
    SourceFile file("f.yaml", yaml);
    YAML::Node node = YAML::Load(yaml)["k"];
    out.value = node.Scalar();
    out.text = map_yaml_scalar(file, 0, static_cast<uint32_t>(node.Mark().pos), out.value);
    return out;
}

// Bytes that were copied as they are stand at a place that holds the same byte.
void expect_letters_in_place(const Mapped& m) {
    ASSERT_EQ(m.text.text(), m.value);
    for (size_t i = 0; i < m.value.size(); ++i) {
        if (!std::isalnum(static_cast<unsigned char>(m.value[i]))) continue;
        EXPECT_EQ(m.yaml[m.text.span(i, i + 1).begin], m.value[i])
            << "byte " << i << " of " << m.value << "\nin\n"
            << m.yaml;
    }
}

std::string place(const Mapped& m, const std::string& word) {
    SourceFile file("f.yaml", m.yaml);
    size_t at = m.value.find(word);
    auto position = file.position(m.text.span(at, at + word.size()).begin);
    return std::to_string(position.line) + ":" + std::to_string(position.column);
}

TEST(YamlScalar, Styles) {
    for (const char* yaml : {
             "k: plain text here",
             "k: plain text\n  that goes on\n\n  after a gap",
             "k: 'it''s single\n  quoted'",
             "k: \"double \\\"quoted\\\"\\n and \\x2d \\u00e9 \\\n   joined\"",
             "k: >\n  folded text\n  goes on\n\n  after a gap\n   indented more\n  and back\n",
             "k: >-\n\n  begins late\n  ends early\n\n",
             "k: |\n  literal\n    deeper\n  back\n",
             "k: |2\n    two kept\n  none kept\n",
             "k: >+\n  kept\n\n\n",
             "k: &anchor !tag >\n  tagged\n  text\n",
             "k: \xC3\xA9 and more",
             "k: >\r\n  carriage\r\n  returns\r\n",
         })
        expect_letters_in_place(map(yaml));
}

TEST(YamlScalar, PlacesWordsInFoldedText) {
    Mapped m = map("k: >\n  first and\n\n    deeper\n  last\n");
    EXPECT_EQ(place(m, "first"), "2:3");
    EXPECT_EQ(place(m, "deeper"), "4:5");
    EXPECT_EQ(place(m, "last"), "5:3");
}

TEST(YamlScalar, RandomBlocksAgreeWithTheLibrary) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        const char* headers[] = {">", "|", ">-", "|-", ">+", "|+"};
        std::string yaml = std::string("k: ") + headers[random() % 6] + "\n";
        size_t lines = 1 + random() % 6;
        yaml += "  x1\n";  // the first line settles the indentation
        for (size_t i = 0; i < lines; ++i) {
            const char* shapes[] = {"\n", "  ab\n", "   cd e\n", "  f  g\n", "     \n", "  h \n", "  \ti\n"};
            yaml += shapes[random() % 7];
        }
        Mapped m = map(yaml);
        expect_letters_in_place(m);
        if (HasFailure()) FAIL() << yaml;
    }
}

}  // namespace
}  // namespace stoop
