// SPDX-License-Identifier: Apache-2.0
// Waiting until files change, for --watch.
#pragma once

#include <ctime>
#include <set>
#include <string>

namespace stoop::cli {

// Now, for comparison with the stamps of files. Of what is written between two ticks of the clock, which are
// milliseconds apart, stamps may be at either end, so this waits for a tick: what was written before has an
// earlier stamp, and what is written from now on has this one or a later one.
timespec next_file_time();

struct Watched {
    std::set<std::string> files;    // whether they are there or not
    std::set<std::string> folders;  // in which new files count, also in those below
};

// Blocks until one of the files is written, replaced or removed, or a link on the way to it leads elsewhere,
// or a file or folder appears in one of the folders; returns at once if that happened at `since` or later.
// Says which files, and which folders; saves of editors that come in a burst are one change. Files that do
// not exist yet count when they appear. Empty if nothing can be watched; `error` says why. Linux only
// (inotify).
std::set<std::string> wait_for_change(const Watched& watched, timespec since, std::string& error);

}  // namespace stoop::cli
