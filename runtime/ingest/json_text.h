// Where things stand in a JSON text. The JSON library checks and reads documents but does not say where a
// value was; these find it again, for messages and for cutting an array into its elements. They take text
// that the library has accepted. Linear in the text, no recursion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stoop {

struct JsonRange {
    size_t begin = 0;
    size_t end = 0;
};

// The value under `path` (keys of nested objects); the whole text if it is not there.
JsonRange find_json_value(std::string_view text, const std::vector<std::string>& path);

// The key that leads to that value, quotes included.
JsonRange find_json_key(std::string_view text, const std::vector<std::string>& path);

// The elements of the array that `text` is.
std::vector<JsonRange> json_elements(std::string_view text);

}  // namespace stoop
