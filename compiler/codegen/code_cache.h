// Native code that was made before, as files in a folder of the user's. A file holds the whole key that its
// code was made for, so code is never mistaken for another's, and a checksum over everything.
//
// Only files and folders that belong to the user and that nobody else can write to are believed; what is
// damaged, cut off or of another version counts as not there and is written anew. Files appear whole (written
// under another name and renamed), so any number of processes may use a folder at once. The oldest files go
// when all together have more than 256 MB. A folder that cannot be used makes nothing fail: there is just
// nothing in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

class CodeCache {
  public:
    // The folder is made, with those above it, when something is put there.
    explicit CodeCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::optional<std::string> find(std::string_view key) const;
    void put(std::string_view key, std::string_view code) const;

  private:
    std::filesystem::path file_of(std::string_view key) const;
    void remove_oldest() const;

    std::filesystem::path folder_;
};

// $XDG_CACHE_HOME/stoop, else ~/.cache/stoop; nothing if the user has no home.
std::optional<std::filesystem::path> default_cache_folder();

}  // namespace stoop
