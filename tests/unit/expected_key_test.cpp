// SPDX-License-Identifier: Apache-2.0
// A key that is expected is recognised at any length, and so is one that differs in any byte.
#include "runtime/ingest/json/expected_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace stoop::tests {
namespace {

using Found = ExpectedKey::Found;

std::string name(size_t size) {
    std::string out;
    for (size_t i = 0; i < size; ++i) out += static_cast<char>('a' + i % 26);
    return out;
}

// Looks at `text` where nothing behind it can be read.
Found look(const ExpectedKey& key, std::string text) {
    text.resize(std::max(text.size(), key.needed()), '}');
    text.shrink_to_fit();
    return key.look(text.data());
}

TEST(ExpectedKey, IsFoundAtAnyLength) {
    for (size_t size = 0; size <= 80; ++size) {
        ExpectedKey key(name(size));
        EXPECT_EQ(key.raw(), name(size));
        EXPECT_EQ(key.quoted(), name(size) + '"');
        EXPECT_EQ(look(key, name(size) + "\":null,\"next\":1"), Found::Null) << size;
        EXPECT_EQ(look(key, name(size) + "\":null}"), Found::Key) << size;
        EXPECT_EQ(look(key, name(size) + "\":\"text\","), Found::Key) << size;
        EXPECT_EQ(look(key, name(size) + "\" :null,"), Found::Another) << size;
        EXPECT_EQ(look(key, name(size + 1) + "\":null,"), Found::Another) << size;
        EXPECT_EQ(look(key, "x" + name(size) + "\":null,"), Found::Another) << size;
    }
}

TEST(ExpectedKey, AnyOtherByteTells) {
    for (size_t size : {1, 24, 25, 26, 29, 30, 31, 32, 33, 64, 80}) {
        ExpectedKey key(name(size));
        std::string text = name(size) + "\":null,";
        for (size_t at = 0; at < text.size(); ++at) {
            std::string other = text;
            other[at] ^= 1;
            EXPECT_EQ(look(key, other), at < size + 2 ? Found::Another : Found::Key) << size << ' ' << at;
        }
    }
}

}  // namespace
}  // namespace stoop::tests
