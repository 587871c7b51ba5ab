// SPDX-License-Identifier: Apache-2.0
#include "cli/event_files.h"

#include <utility>

namespace stoop::cli {

EventFiles::EventFiles(std::vector<FoundPath> files, const Root& root, InputOptions options)
    : paths_(std::move(files)), root_(root), options_(options) {}

void EventFiles::open(const std::string& path) {
    source_ = std::make_unique<ByteSource>(path, options_);
    reader_ = std::make_unique<BlockReader>(*source_);
    name_ = std::make_shared<const std::string>(display_name(path));
    quoted_ = root_.why_not_quoted(path).empty();
}

bool EventFiles::next(InputBlock& out) {
    out.unreadable.clear();
    for (;;) {
        if (reader_) {
            bool more = reader_->next(out.block);
            out.position = before_ + source_->file().position();
            if (more) {
                out.file = name_;
                out.quoted = quoted_;
                out.block.first = next_number_;
                next_number_ += out.block.records.size();
                return true;
            }
            if (!source_->problem().empty())
                out.unreadable.push_back({*name_, source_->problem(), source_->is_of_contents()});
            before_ = out.position;
            reader_.reset();
            source_.reset();
        }
        out.block.records.clear();
        if (next_path_ == paths_.size() || (options_.interrupt && options_.interrupt->requested))
            return false;
        const FoundPath& found = paths_[next_path_++];
        if (found.error.empty())
            open(found.path);
        else
            out.unreadable.push_back({found.path, found.error});
    }
}

}  // namespace stoop::cli
