// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/json_problem.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>

#include "runtime/base/excerpt.h"

namespace stoop {
namespace {

using nlohmann::json;

EventProblem problem(std::string message, std::string label, size_t at) {
    return {EventProblem::Kind::NotJson,
            std::move(message),
            std::move(label),
            "each line must be one JSON object whose keys are field names, or a Falco alert",
            at,
            at + 1};
}

constexpr size_t kShown = 200;  // bytes of a value in a message

// The library's message without its own position, which counts differently.
std::string syntax_message(std::string_view what) {
    size_t colon = what.find("syntax error");
    return cropped(colon == what.npos ? what : what.substr(colon), kShown);
}

// Passes over everything but the error.
class ErrorFinder : public nlohmann::json_sax<json> {
  public:
    explicit ErrorFinder(std::string_view text) : text_(text) {}

    std::optional<EventProblem> found;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(size_t) override { return true; }
    bool end_array() override { return true; }

    bool parse_error(size_t position, const std::string& token, const json::exception& e) override {
        constexpr int kOutOfRange = 406;  // a number beyond what a double holds
        if (e.id == kOutOfRange) {
            size_t at = text_.find(token);
            found = problem("a number is out of range", "too large", at == text_.npos ? 0 : at);
            return false;
        }
        size_t at = position > 0 ? position - 1 : 0;
        // Of a word that means nothing the library gives the last byte that it looked at.
        while (at > 0 && at < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at - 1]))) --at;
        found = problem("this is not JSON: " + syntax_message(e.what()),
                        at >= text_.size() ? "the text ends here" : "here", at);
        return false;
    }

  private:
    std::string_view text_;
};

std::string described(char first, std::string_view text) {
    switch (first) {
        case 'n': return "null";
        case 't':
        case 'f': return "a boolean";
        case '"': return "a string";
        case '[': return "an array";
        case '{': return "an object";
        default: return "the number " + cropped(text, kShown);
    }
}

}  // namespace

std::string describe_json(const JsonTokens& tokens, uint32_t token) {
    return described(tokens.kind(token), tokens.text(token));
}

EventProblem explain_bad_json(std::string_view text) {
    // The library would pass over a byte order mark, which is one too many here.
    if (text.starts_with("\xEF\xBB\xBF")) return problem("this is not JSON: a byte order mark", "here", 0);
    ErrorFinder finder(text);
    json::sax_parse(text, &finder);
    if (finder.found) return *finder.found;
    // The library takes a zero byte for the end.
    if (size_t zero = text.find('\0'); zero != text.npos)
        return problem("this is not JSON: a zero byte", "here", zero);
    constexpr const char* kSpace = " \t\r\n";
    size_t begin = text.find_first_not_of(kSpace), end = text.find_last_not_of(kSpace);
    std::string_view value = begin == text.npos ? text : text.substr(begin, end + 1 - begin);
    return problem("an event must be a JSON object", described(value[0], value), 0);
}

}  // namespace stoop
