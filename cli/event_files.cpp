#include "cli/event_files.h"

#include <filesystem>

namespace stoop::cli {

EventFiles::EventFiles(const std::vector<std::string>& paths, InputOptions options)
    : paths_(find_files(paths, FolderOf::Events)), options_(options) {
    for (const FoundPath& found : paths_) {
        std::error_code error;
        bool regular = found.path != "-" && std::filesystem::is_regular_file(found.path, error);
        if (!regular || options.follow) {
            size_ = 0;
            return;
        }
        size_ += std::filesystem::file_size(found.path, error);
    }
}

void EventFiles::open(const std::string& path) {
    source_ = std::make_unique<ByteSource>(path, options_);
    reader_ = std::make_unique<BlockReader>(*source_);
    name_ = std::make_shared<const std::string>(display_name(path));
}

bool EventFiles::next(InputBlock& out) {
    out.unreadable.clear();
    for (;;) {
        if (reader_) {
            bool more = reader_->next(out.block);
            out.position = before_ + source_->file().position();
            if (more) {
                out.file = name_;
                out.block.first = next_number_;
                next_number_ += out.block.records.size();
                return true;
            }
            if (!source_->problem().empty()) out.unreadable.push_back({*name_, source_->problem()});
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
