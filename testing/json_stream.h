// SPDX-License-Identifier: Apache-2.0
// JSON documents that are written piece by piece, so that a report takes the memory of its largest piece.
// They look as the library writes a whole document with an indentation of two.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace stoop {

// Where reports go, in pieces.
using Write = std::function<void(std::string_view)>;

// Calls come in the order of the document; `key` is given exactly for the members of an object. The last
// `close` ends the document with a line break.
class JsonStream {
  public:
    explicit JsonStream(const Write& write) : write_(write) {}

    void open_object(std::string_view key = {}) { open(key, '{'); }
    void open_array(std::string_view key = {}) { open(key, '['); }
    void close();
    void put(std::string_view key, const nlohmann::ordered_json& value);
    void put(const nlohmann::ordered_json& value) { put({}, value); }
    // The members of an object, one after the other.
    void put_all(const nlohmann::ordered_json& object);

  private:
    struct Open {
        char bracket;
        bool empty;
    };
    void open(std::string_view key, char bracket);
    std::string before(std::string_view key);

    const Write& write_;
    std::vector<Open> open_;
};

}  // namespace stoop
