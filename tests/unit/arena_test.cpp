// SPDX-License-Identifier: Apache-2.0
// Memory that is used again for each event.
#include "runtime/event/arena.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace stoop {
namespace {

// How many different pieces of memory of this size are handed out one after the other.
size_t places(Arena& arena, size_t size, int times) {
    std::set<const char*> seen;
    for (int i = 0; i < times; ++i) {
        arena.reset();
        seen.insert(arena.bytes(size));
    }
    return seen.size();
}

TEST(Arena, KeepsWhatOrdinaryEventsNeed) {
    Arena arena;
    places(arena, 1000, 2);
    EXPECT_EQ(places(arena, 1000, 100), 1u);
    EXPECT_EQ(places(arena, size_t{1} << 20, 100), 1u);
}

TEST(Arena, GivesBackWhatHugeEventsNeeded) {
    Arena arena;
    size_t most = 0;
    // Ever larger ones, of which each would have memory of its own.
    for (size_t size = size_t{1} << 20; size < size_t{8} << 20; size += 4096) {
        arena.reset();
        most = std::max(most, arena.kept());
        arena.bytes(size);
    }
    EXPECT_LE(most, size_t{4} << 20);
    for (int i = 0; i < 100; ++i) arena.bytes(size_t{1} << 20);
    arena.reset();
    EXPECT_LE(arena.kept(), size_t{4} << 20);
    EXPECT_GE(arena.kept(), size_t{1} << 20);
}

// Whatever was asked for before, pieces do not overlap.
TEST(Arena, PiecesAreApart) {
    std::mt19937_64 random(5);
    Arena arena;
    for (int round = 0; round < 200; ++round) {
        arena.reset();
        std::vector<std::pair<char*, size_t>> pieces;
        for (size_t n = random() % 20; n > 0; --n) {
            size_t size = 1 + random() % (size_t{1} << random() % 22);
            pieces.push_back({arena.bytes(size), size});
        }
        for (size_t i = 0; i < pieces.size(); ++i) {
            pieces[i].first[0] = static_cast<char>(i);
            pieces[i].first[pieces[i].second - 1] = static_cast<char>(i);
        }
        for (size_t i = 0; i < pieces.size(); ++i) {
            EXPECT_EQ(pieces[i].first[0], static_cast<char>(i));
            EXPECT_EQ(pieces[i].first[pieces[i].second - 1], static_cast<char>(i));
        }
    }
}

// An event that is kept takes its memory along.
TEST(Arena, OneThatWasMovedFromIsEmpty) {
    Arena arena;
    std::vector<Arena> kept;
    for (int i = 0; i < 2'000; ++i) {
        arena.reset();
        arena.bytes(100)[0] = static_cast<char>(i);
        kept.push_back(std::move(arena));
        EXPECT_EQ(arena.kept(), 0u);
    }
    EXPECT_EQ(kept.back().kept(), 4096u);
}

}  // namespace
}  // namespace stoop
