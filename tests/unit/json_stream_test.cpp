// SPDX-License-Identifier: Apache-2.0
#include "testing/json_stream.h"

#include <gtest/gtest.h>

#include <random>

namespace stoop {
namespace {

using nlohmann::ordered_json;

// Writes what is in a container piece by piece down to a depth, and what is deeper at once.
void write_members(const ordered_json& value, size_t depth, JsonStream& out) {
    for (const auto& [key, member] : value.items()) {
        std::string name = value.is_object() ? key : "";
        if (depth == 0 || !member.is_structured()) {
            out.put(name, member);
            continue;
        }
        member.is_object() ? out.open_object(name) : out.open_array(name);
        write_members(member, depth - 1, out);
        out.close();
    }
}

ordered_json random_value(std::mt19937& random, size_t depth) {
    switch (random() % (depth == 0 ? 3 : 6)) {
        case 0: return random() % 100;
        case 1: return "a \"text\"\nof two lines";
        case 2: return nullptr;
        case 3: return ordered_json::array();
        case 4: {
            ordered_json out = ordered_json::object();
            for (size_t i = random() % 4; i > 0; --i)
                out["key" + std::to_string(i)] = random_value(random, depth - 1);
            return out;
        }
        default: {
            ordered_json out = ordered_json::array();
            for (size_t i = random() % 4; i > 0; --i) out.push_back(random_value(random, depth - 1));
            return out;
        }
    }
}

TEST(JsonStream, WritesWhatTheLibraryWrites) {
    std::mt19937 random(1);
    for (int i = 0; i < 500; ++i) {
        ordered_json value = random_value(random, 5);
        if (!value.is_structured()) continue;
        for (size_t depth = 0; depth < 4; ++depth) {
            std::string text;
            Write write = [&](std::string_view piece) { text += piece; };
            JsonStream out(write);
            value.is_object() ? out.open_object() : out.open_array();
            write_members(value, depth, out);
            out.close();
            EXPECT_EQ(text, value.dump(2) + "\n");
        }
    }
}

}  // namespace
}  // namespace stoop
