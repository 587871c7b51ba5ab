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

// Blocks until some of the files are written, replaced or removed, or returns at once if one was written
// at `since` or later, and says which; saves of editors that come in a burst are one change. Watches their
// folders, so files that do not exist yet count when they appear. Empty if the files cannot be watched;
// `error` says why. Linux only (inotify).
std::set<std::string> wait_for_change(const std::set<std::string>& files, timespec since, std::string& error);

}  // namespace stoop::cli
