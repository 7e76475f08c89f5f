// Captures of streams, and the graphs that they become.
#include "driver.h"

using namespace emulated::driver;

CALL(cuStreamBeginCapture_v2, void* handle, int mode) {
    ENTER(CONTEXT);
    if (mode < 0 || mode > 2) return INVALID_VALUE;
    // The default stream cannot be captured.
    if (!handle) return STREAM_CAPTURE_UNSUPPORTED;
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    if (stream->capture) {
        stream->capture->is_invalid = true;
        return STREAM_CAPTURE_UNSUPPORTED;
    }
    auto capture = std::make_shared<Capture>();
    capture->origin = stream;
    capture->mode = mode;
    capture->thread = std::this_thread::get_id();
    stream->capture = capture;
    all().captures.push_back(capture);
    return SUCCESS;
}

CALL(cuStreamIsCapturing, void* handle, int* status) {
    ENTER(CONTEXT);
    if (!status) return INVALID_VALUE;
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    *status = !stream->capture ? 0 : stream->capture->is_invalid ? 2 : 1;
    return SUCCESS;
}

CALL(cuStreamEndCapture, void* handle, void** graph) {
    ENTER(CONTEXT);
    if (!graph) return INVALID_VALUE;
    *graph = nullptr;
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    auto capture = stream->capture;
    if (!capture || capture->origin.lock() != stream) return STREAM_CAPTURE_UNMATCHED;
    if (capture->mode != 2 && capture->thread != std::this_thread::get_id())
        return STREAM_CAPTURE_WRONG_THREAD;
    for (auto& one : all().kept_streams)
        if (one->capture == capture) one->capture = nullptr;
    std::erase(all().captures, capture);
    if (capture->is_invalid) return STREAM_CAPTURE_INVALIDATED;
    capture->is_invalid = true;
    if (!capture->apart.empty()) return STREAM_CAPTURE_UNJOINED;
    *graph = all().graphs.add(new Graph{capture->nodes});
    return SUCCESS;
}

CALL(cuGraphGetNodes, void* handle, void** nodes, size_t* count) {
    ENTER(CONTEXT);
    auto* graph = (Graph*)handle;
    if (!all().graphs.has(graph) || !count) return INVALID_VALUE;
    if (nodes)
        for (size_t i = 0; i < *count; i++)
            nodes[i] = i < graph->nodes.size() ? &graph->nodes[i] : nullptr;
    else
        *count = graph->nodes.size();
    return SUCCESS;
}

CALL(cuGraphInstantiateWithFlags, void** ready, void* handle, unsigned long long) {
    ENTER(CONTEXT);
    auto* graph = (Graph*)handle;
    if (!ready || !all().graphs.has(graph)) return INVALID_VALUE;
    *ready = all().executables.add(new Graph(*graph));
    return SUCCESS;
}

CALL(cuGraphLaunch, void* handle, void* stream_handle) {
    ENTER(CONTEXT);
    auto* ready = (Graph*)handle;
    if (!all().executables.has(ready)) return INVALID_VALUE;
    std::shared_ptr<Stream> stream;
    TRY(stream_of(stream_handle, stream));
    // Destroyed before it is done, it is done all the same.
    auto nodes = std::make_shared<std::vector<Work>>(ready->nodes);
    return submit(stream, {[nodes] {
                      for (Work& node : *nodes) TRY(node.act());
                      return (int)SUCCESS;
                  }});
}

CALL(cuGraphDestroy, void* handle) {
    ENTER(CONTEXT);
    if (!all().graphs.all.erase((Graph*)handle)) return INVALID_VALUE;
    delete (Graph*)handle;
    return SUCCESS;
}

CALL(cuGraphExecDestroy, void* handle) {
    ENTER(CONTEXT);
    if (!all().executables.all.erase((Graph*)handle)) return INVALID_VALUE;
    delete (Graph*)handle;
    return SUCCESS;
}
