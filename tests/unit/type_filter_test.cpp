// SPDX-License-Identifier: Apache-2.0
// Whatever a processor has, it finds the same events of wanted types.
#include "runtime/engine/type_filter.h"

#include <gtest/gtest.h>

#include <random>

namespace stoop {
namespace {

TEST(TypeFilter, SaysWhatTheSetSays) {
    std::mt19937_64 random(5);
    size_t wanted = 0, unwanted = 0;
    for (int round = 0; round < 2000; ++round) {
        const size_t size = round % 5 == 0 ? random() % 1000 : random() % 512;
        EventTypeSet set(size);
        for (size_t i = 0; i < size / 4; ++i) set.insert(random() % size);
        std::vector<EventTypeId> types(random() % (kTypeBlock + 1));
        for (EventTypeId& type : types)
            type = random() % 20 == 0 ? kAnyEventType : static_cast<EventTypeId>(random() % (size + 3));
        for (TypeFilter filter : type_filters()) {
            uint64_t got = filter(set, types);
            for (size_t i = 0; i < kTypeBlock; ++i) {
                bool says = (got >> i & 1) != 0;
                if (i >= types.size()) {
                    ASSERT_FALSE(says) << "round " << round << ", there is no event " << i;
                } else if (types[i] < 512 || filter == type_filters().back()) {
                    ASSERT_EQ(says, set.contains(types[i])) << "round " << round << ", type " << types[i];
                } else {
                    ASSERT_TRUE(says) << "round " << round << ", type " << types[i];
                }
                wanted += says;
                unwanted += i < types.size() && !says;
            }
        }
    }
    EXPECT_GT(wanted, 10'000u);
    EXPECT_GT(unwanted, 10'000u);
}

}  // namespace
}  // namespace stoop
