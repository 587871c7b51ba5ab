// Waiting until files change, for --watch.
#pragma once

#include <set>
#include <string>

namespace stoop::cli {

// Blocks until some of the files are written, replaced or removed, and says which; saves of editors that come
// in a burst are one change. Watches their folders, so files that do not exist yet count when they appear.
// Empty if the files cannot be watched; `error` says why. Linux only (inotify).
std::set<std::string> wait_for_change(const std::set<std::string>& files, std::string& error);

}  // namespace stoop::cli
