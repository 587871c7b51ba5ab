// SPDX-License-Identifier: Apache-2.0
// Native code that was made before, as files in a folder of the user's. A file holds the version of its
// format, the whole key that its code was made for (the build, the code generator, the processor, the
// program), and the code, so code is never mistaken for another's, and a message authentication code over
// everything, made with a secret of the user's (cache_key.h). Only what this user's Stoop wrote on this
// machine is believed, whoever can write to the folder.
//
// Only files and folders that belong to the user and that nobody else can write to are opened; what is
// damaged, forged, cut off or of another version counts as not there and is written anew. The code's bytes
// are opaque here. Files appear whole (written under another name and renamed), so any number of processes
// may use a folder at once. The oldest files go when all together have more than 256 MB. A folder that cannot
// be used makes nothing fail: there is just nothing in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

// Where they are: code in `cache`, the secret in `state`.
struct CacheFolders {
    std::filesystem::path cache, state;
};

class CodeCache {
  public:
    // The folders are made, with those above them, when something is put there.
    explicit CodeCache(CacheFolders folders) : folders_(std::move(folders)) {}

    std::optional<std::string> find(std::string_view key) const;
    void put(std::string_view key, std::string_view code) const;

  private:
    void remove_oldest() const;

    CacheFolders folders_;
};

// $XDG_CACHE_HOME/stoop and $XDG_STATE_HOME/stoop, else ~/.cache/stoop and ~/.local/state/stoop; nothing if
// the user has no home.
std::optional<CacheFolders> default_cache_folders();

}  // namespace stoop
