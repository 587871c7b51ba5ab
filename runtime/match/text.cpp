#include "runtime/match/text.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace stoop {
namespace {

// `text` with a terminating zero: in a buffer of the stack if it is short.
class Terminated {
  public:
    explicit Terminated(std::string_view text) {
        if (text.size() < sizeof buffer_) {
            std::memcpy(buffer_, text.data(), text.size());
            buffer_[text.size()] = 0;
            pointer_ = buffer_;
        } else {
            long_ = text;
            pointer_ = long_.c_str();
        }
    }
    operator const char*() const { return pointer_; }

  private:
    char buffer_[512];
    std::string long_;
    const char* pointer_;
};

}  // namespace

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

bool contains_ignoring_case(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return ascii_lower(a) == ascii_lower(b); }) != text.end() ||
           part.empty();
}

bool glob(std::string_view text, std::string_view pattern, bool ignore_case) {
    return fnmatch(Terminated(pattern), Terminated(text), ignore_case ? FNM_CASEFOLD : 0) == 0;
}

}  // namespace stoop
