#include "runtime/ingest/event_reader.h"

#include <nlohmann/json.hpp>

#include "runtime/event/utf8.h"

namespace stoop {
namespace {

constexpr size_t kShown = 200;  // of a line that is too long

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

}  // namespace

// One line without its break, from what was read ahead first. Of a line beyond the limit only the beginning
// is kept.
bool EventReader::read_line(bool& too_long) {
    line_.clear();
    too_long = false;
    auto next_byte = [&]() -> int {
        if (pending_at_ < pending_.size()) return static_cast<unsigned char>(pending_[pending_at_++]);
        return std::getc(file_);
    };
    int c = next_byte();
    if (c == EOF) return false;
    for (; c != EOF && c != '\n'; c = next_byte()) {
        if (line_.size() < kLongestLine)
            line_ += static_cast<char>(c);
        else
            too_long = true;
    }
    ++line_number_;
    if (line_.ends_with('\r')) line_.pop_back();
    if (line_number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.erase(0, 3);
    return true;
}

// Reads on behind a first line that is not a JSON text of its own, until the whole is one or a further line
// is.
bool EventReader::read_document(std::string& head) {
    bool too_long = false;
    while (head.size() < kLongestDocument && read_line(too_long)) {
        head += line_ + "\n";
        pending_too_long_ = too_long;
        if (too_long) return false;
        size_t first = line_.find_first_not_of(" \t");
        bool event = head[head.find_first_not_of(" \t\r\n")] == '{' && first != line_.npos &&
                     line_[first] == '{' && nlohmann::json::accept(line_);
        if (event) return false;
    }
    return nlohmann::json::accept(head);
}

// Lines, unless the first one is not a JSON text of its own and the whole file is.
void EventReader::recognise() {
    shape_ = Shape::Lines;
    std::string head;
    bool too_long = false;
    while (read_line(too_long)) {
        head += line_ + "\n";
        if (!is_blank(line_) || too_long) break;
    }
    pending_too_long_ = too_long;
    size_t first = head.find_first_not_of(" \t\r\n");
    bool begun = first != head.npos && !too_long && (head[first] == '{' || head[first] == '[') &&
                 (head[first] == '[' || !nlohmann::json::accept(line_));
    bool document = begun && read_document(head);
    line_number_ = 0;
    if (!document) {
        pending_ = std::move(head);
        pending_at_ = 0;
        return;
    }
    shape_ = Shape::Document;
    document_ = std::move(head);
    if (document_[first] == '[')
        elements_ = json_elements(document_);
    else
        elements_.push_back({first, document_.find_last_not_of(" \t\r\n") + 1});
}

std::optional<Record> EventReader::next() {
    if (shape_ == Shape::Unknown) recognise();
    return shape_ == Shape::Lines ? next_line() : next_element();
}

std::optional<Record> EventReader::next_line() {
    bool too_long;
    do {
        if (!read_line(too_long)) return std::nullopt;
        if (pending_at_ >= pending_.size() &&
            pending_too_long_) {  // what was read ahead was a part of that line
            too_long = true;
            pending_too_long_ = false;
        }
    } while (is_blank(line_) && !too_long);
    Record record{line_, line_number_, 1, std::nullopt};
    if (too_long) {
        record.text = record.text.substr(0, kShown);
        record.problem =
            EventProblem{EventProblem::Kind::TooLong, "this line is longer than 64 MiB", "", "", 0, 1};
    }
    return record;
}

std::optional<Record> EventReader::next_element() {
    if (element_ == elements_.size()) return std::nullopt;
    JsonRange range = elements_[element_++];
    for (; counted_to_ < range.begin; ++counted_to_) {
        if (document_[counted_to_] == '\n') {
            ++element_line_;
            element_column_ = 1;
        } else {
            element_column_ += starts_character(document_[counted_to_]);  // characters, not bytes
        }
    }
    Record record;
    record.text = std::string_view(document_).substr(range.begin, range.end - range.begin);
    record.line = element_line_;
    record.column = element_column_;
    return record;
}

}  // namespace stoop
