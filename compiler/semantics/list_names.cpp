// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/list_names.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

namespace stoop {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_delimiter(char c) { return is_space(c) || c == '(' || c == ')' || c == ',' || c == '='; }

bool needs_quotes(std::string_view item) {
    return item.find(' ') != item.npos && item[0] != '"' && item[0] != '\'';
}

// In linear time, which std::string_view::find does not promise.
size_t find_text(std::string_view text, std::string_view part, size_t from) {
    const void* found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
    return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data()) : text.npos;
}

size_t find_delimited(std::string_view text, std::string_view name, size_t from) {
    if (name.empty()) return text.npos;
    for (size_t at = find_text(text, name, from); at != text.npos; at = find_text(text, name, at + 1)) {
        size_t end = at + name.size();
        if ((at == 0 || is_delimiter(text[at - 1])) && (end == text.size() || is_delimiter(text[end])))
            return at;
    }
    return text.npos;
}

// An empty list takes a comma along, and what stands on both sides of it may become one word. Neither touches
// another name if the list is all there is between two commas or parentheses.
bool is_whole_element(std::string_view text, size_t begin, size_t end) {
    while (begin > 0 && is_space(text[begin - 1])) --begin;
    while (end < text.size() && is_space(text[end])) ++end;
    return begin > 0 && (text[begin - 1] == '(' || text[begin - 1] == ',') && end < text.size() &&
           (text[end] == ')' || text[end] == ',');
}

// Blanks at the outer ends of what a list brings go with the name beside it.
bool has_blank_ends(const NamedList& list) {
    const std::string &first = list.items.front()->text(), &last = list.items.back()->text();
    return first.empty() || last.empty() || is_space(first.front()) || is_space(last.back());
}

// A list in the place of its name. Names that have nothing but blanks between them share those as if they had
// been replaced in the order of their lists.
class Replacement {
  public:
    Replacement(const MappedText& text, ListBudget& budget)
        : text_(text), source_(text.text()), budget_(budget) {}

    // False if the budget is used up. Occurrences come in the order of the text.
    bool put(const ListNames::Occurrence& at, const NamedList& list) {
        size_t begin = at.begin, end = at.end;
        Span place = text_.span(begin, end);
        while (begin > copied_ && is_space(source_[begin - 1])) --begin;
        while (end < source_.size() && is_space(source_[end])) ++end;
        bool touches = blank_ && begin == copied_;
        if (list.items.empty()) {
            // The name goes together with one comma: the one before it if there is one, else the one after
            // it.
            if (begin > copied_ && source_[begin - 1] == ',')
                --begin;
            else if (end < source_.size() && source_[end] == ',')
                ++end;
            touches = false;
        }
        copy_to(begin, touches && list_before_ < at.list);
        copied_ = end;
        if (list.items.empty()) return true;
        if (!out_.empty() && !(touches && list_before_ > at.list))
            out_.append_pinned(" ", place.file, place.begin);
        for (const MappedText* item : list.items) {
            if (!budget_.take(*item)) return false;
            if (item != list.items.front()) out_.append_pinned(", ", place.file, place.begin);
            append_quoted(out_, *item);
            if (out_.text().size() > budget_.condition) break;
        }
        blank_ = place;
        list_before_ = at.list;
        return true;
    }

    bool is_too_long() const { return out_.text().size() > budget_.condition; }
    size_t copied() const { return copied_; }  // of the source

    MappedText finish() {
        copy_to(source_.size(), false);
        return std::move(out_);
    }

  private:
    // The blank behind a list is left out where the one before the next list takes its place.
    void copy_to(size_t end, bool without_blank) {
        if (blank_ && !without_blank) out_.append_pinned(" ", blank_->file, blank_->begin);
        blank_.reset();
        out_.append(text_, copied_, end);
    }

    const MappedText& text_;
    const std::string& source_;
    ListBudget& budget_;
    MappedText out_;
    size_t copied_ = 0;
    std::optional<Span> blank_;  // comes next: the one behind a list
    uint32_t list_before_ = 0;
};

}  // namespace

bool ListBudget::take(const MappedText& item) {
    constexpr uint64_t kLeast = 32;
    uint64_t cost = std::max<uint64_t>(kLeast, item.text().size());
    if (cost > items) return false;
    items -= cost;
    return true;
}

bool ListBudget::look(size_t bytes) {
    if (bytes > looks) return false;
    looks -= bytes;
    return true;
}

ListNames::ListNames(std::vector<NamedList> lists) : lists_(std::move(lists)) {
    for (uint32_t i = 0; i < lists_.size(); ++i) {
        std::string_view name = lists_[i].name;
        if (name.empty()) continue;
        if (std::any_of(name.begin(), name.end(), is_delimiter))
            split_.push_back(i);
        else
            words_.emplace(name, i);
    }
    for (uint32_t i = 0; i < lists_.size(); ++i) brings_.push_back(first_brought(i));
}

uint32_t ListNames::first_brought(uint32_t list) const {
    uint32_t out = kNone;
    for (const MappedText* item : lists_[list].items) {
        std::string text = needs_quotes(item->text()) ? "\"" + item->text() + "\"" : item->text();
        for (const Occurrence& named : find(text, list + 1)) out = std::min(out, named.list);
    }
    return out;
}

std::vector<ListNames::Occurrence> ListNames::find(std::string_view text, uint32_t from) const {
    std::vector<Occurrence> out;
    for (size_t begin = 0; begin < text.size();) {
        size_t end = begin;
        while (end < text.size() && !is_delimiter(text[end])) ++end;
        auto named = end > begin ? words_.find(text.substr(begin, end - begin)) : words_.end();
        if (named != words_.end() && named->second >= from) out.push_back({begin, end, named->second});
        begin = end + 1;
    }
    return out;
}

uint32_t ListNames::first_split(std::string_view text, uint32_t from) const {
    for (uint32_t list : split_)
        if (list >= from && find_delimited(text, lists_[list].name, 0) != text.npos) return list;
    return kNone;
}

ListNames::Round ListNames::next_round(std::string_view text, const std::vector<Occurrence>& found) const {
    std::vector<std::pair<uint32_t, bool>> lists;  // and whether it must be alone
    for (const auto& [begin, end, number] : found) {
        const NamedList& list = lists_[number];
        lists.emplace_back(number,
                           list.items.empty() ? !is_whole_element(text, begin, end) : has_blank_ends(list));
    }
    std::sort(lists.begin(), lists.end());
    std::set<uint32_t> alone;
    for (const auto& [list, is_alone] : lists)
        if (is_alone) alone.insert(list);
    Round out{lists[0].first, lists[0].first + 1, alone.contains(lists[0].first)};
    if (out.alone) return out;
    // What comes in names no list that has its turn in this round, nor is there one in between that is found
    // by a look of its own.
    auto split = std::upper_bound(split_.begin(), split_.end(), out.first);
    uint32_t before = split == split_.end() ? kNone : *split;
    for (const auto& [list, unused] : lists) {
        if (alone.contains(list) || list >= before) break;
        out.end = list + 1;
        before = std::min(before, brings_[list]);
    }
    return out;
}

ListNames::Outcome ListNames::replace(MappedText& text, ListBudget& budget,
                                      std::vector<uint32_t>& used) const {
    constexpr size_t kUsual = 2;         // looks, which cost nothing
    constexpr size_t kSplitsOfLook = 8;  // a text is found much faster than words are
    if (words_.empty() && split_.empty()) return Outcome::Done;
    uint32_t from = 0;
    for (size_t looks = 0; text.text().size() <= budget.condition; ++looks) {
        if (!budget.look(text.text().size() * (split_.size() / kSplitsOfLook + (looks >= kUsual))))
            return Outcome::TooManyLooks;
        std::vector<Occurrence> found = find(text.text(), from);
        uint32_t split = first_split(text.text(), from);
        if (found.empty() && split == kNone) return Outcome::Done;
        Round round = found.empty() ? Round{kNone, 0, false} : next_round(text.text(), found);
        if (split < round.first) {
            if (!replace_list_name(text, lists_[split], budget)) return Outcome::TooMuchText;
            used.push_back(split);
            from = split + 1;
            continue;
        }
        Replacement replacement(text, budget);
        std::set<uint32_t> replaced;
        for (const Occurrence& at : found) {
            if (at.list >= round.end || replacement.is_too_long()) continue;
            if (!replacement.put(at, lists_[at.list])) return Outcome::TooMuchText;
            replaced.insert(at.list);
        }
        text = replacement.finish();
        used.insert(used.end(), replaced.begin(), replaced.end());
        from = round.end;
    }
    return Outcome::Done;
}

void append_quoted(MappedText& out, const MappedText& item) {
    bool quote = needs_quotes(item.text());
    Span span = item.span(0, item.text().size());
    if (quote) out.append_pinned("\"", span.file, span.begin);
    out.append(item);
    if (quote) out.append_pinned("\"", span.file, span.end - 1);
}

bool replace_list_name(MappedText& text, const NamedList& list, ListBudget& budget) {
    const std::string& source = text.text();
    Replacement replacement(text, budget);
    while (!replacement.is_too_long()) {
        size_t at = find_delimited(source, list.name, replacement.copied());
        if (at == source.npos) break;
        if (!replacement.put({at, at + list.name.size(), 0}, list)) return false;
    }
    text = replacement.finish();
    return true;
}

}  // namespace stoop
