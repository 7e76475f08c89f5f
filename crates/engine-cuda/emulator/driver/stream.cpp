// Streams and events.
//
// Work is done when it is queued, or, with EMULATED_LATE=1, as late as a device may: when someone
// waits for it. What reads too early then reads what was there before.
#include <algorithm>

#include "driver.h"

namespace emulated::driver {
namespace {

int run_one(Stream& stream) {
    Work work = std::move(stream.queue.front());
    stream.queue.pop_front();
    int code = work.act();
    // What fails on a device comes to light late, and nothing works from then on.
    if (code && !all().lost) all().lost = code;
    return code;
}

std::shared_ptr<Stream>& default_stream(Context* context) {
    static std::vector<std::shared_ptr<Stream>> streams;
    size_t at = (size_t)context->device;
    if (streams.size() <= at) streams.resize(at + 1);
    if (!streams[at]) {
        streams[at] = std::make_shared<Stream>();
        streams[at]->context = context;
    }
    return streams[at];
}

int pass(Event& event, unsigned long number, Stream& stream) {
    while (event.passed < number && !stream.queue.empty()) TRY(run_one(stream));
    return SUCCESS;
}

int event_of(void* handle, std::shared_ptr<Event>& event) {
    for (auto& one : all().kept_events)
        if (one.get() == handle) {
            event = one;
            return SUCCESS;
        }
    return INVALID_HANDLE;
}

}  // namespace

int stream_of(void* handle, std::shared_ptr<Stream>& stream) {
    if (!handle || handle == (void*)1) {
        stream = default_stream(current_context());
        return SUCCESS;
    }
    if (!all().streams.has((Stream*)handle)) return INVALID_HANDLE;
    stream = ((Stream*)handle)->shared_from_this();
    return stream->context == current_context() ? SUCCESS : INVALID_HANDLE;
}

int submit(const std::shared_ptr<Stream>& stream, Work work) {
    if (stream->capture) {
        if (stream->capture->is_invalid) return STREAM_CAPTURE_INVALIDATED;
        if (stream->capture->origin.lock() != stream) stream->capture->apart.insert(stream.get());
        if (work.is_node) stream->capture->nodes.push_back(std::move(work));
        return SUCCESS;
    }
    stream->queue.push_back(std::move(work));
    return number("EMULATED_LATE", 0) ? (int)SUCCESS : finish(*stream);
}

int finish(Stream& stream) {
    while (!stream.queue.empty()) TRY(run_one(stream));
    return SUCCESS;
}

int finish_all(Context* context, bool apart_too) {
    TRY(finish(*default_stream(context)));
    auto streams = all().kept_streams;
    for (auto& stream : streams)
        if (stream->context == context && (apart_too || !stream->is_apart)) TRY(finish(*stream));
    return SUCCESS;
}

int refuse_while_capturing(bool even_relaxed) {
    bool is_refused = false;
    for (auto& capture : all().captures) {
        bool is_own = capture->thread == std::this_thread::get_id();
        // Global, of this thread, relaxed.
        if (capture->mode == 0 || (is_own && (capture->mode == 1 || even_relaxed))) {
            capture->is_invalid = true;
            is_refused = true;
        }
    }
    return is_refused ? STREAM_CAPTURE_UNSUPPORTED : SUCCESS;
}

}  // namespace emulated::driver

using namespace emulated::driver;

CALL(cuStreamCreate, void** handle, unsigned flags) {
    ENTER(CONTEXT);
    if (!handle || flags > 1) return INVALID_VALUE;
    auto stream = std::make_shared<Stream>();
    stream->context = current_context();
    stream->is_apart = flags == 1;
    all().kept_streams.push_back(stream);
    *handle = all().streams.add(stream.get());
    return SUCCESS;
}

CALL(cuStreamCreateWithPriority, void** handle, unsigned flags, int) {
    return cuStreamCreate(handle, flags);
}

CALL(cuStreamDestroy_v2, void* handle) {
    ENTER(CONTEXT);
    if (!all().streams.has((Stream*)handle)) return INVALID_HANDLE;
    auto stream = ((Stream*)handle)->shared_from_this();
    if (stream->capture) {
        stream->capture->is_invalid = true;
        std::erase(all().captures, stream->capture);
    }
    // Work that was queued is still done, when someone waits for the device.
    int code = finish(*stream);
    all().streams.all.erase(stream.get());
    std::erase(all().kept_streams, stream);
    return code;
}

CALL(cuStreamSynchronize, void* handle) {
    ENTER(CONTEXT);
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    if (stream->capture) {
        stream->capture->is_invalid = true;
        return STREAM_CAPTURE_UNSUPPORTED;
    }
    if (!handle) TRY(finish_all(current_context(), false));
    return finish(*stream);
}

CALL(cuStreamQuery, void* handle) {
    ENTER(CONTEXT);
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    if (stream->capture) {
        stream->capture->is_invalid = true;
        return STREAM_CAPTURE_UNSUPPORTED;
    }
    if (stream->queue.empty()) return SUCCESS;
    TRY(run_one(*stream));
    return NOT_READY;
}

CALL(cuStreamWaitEvent, void* handle, void* event_handle, unsigned) {
    ENTER(CONTEXT);
    std::shared_ptr<Stream> stream;
    std::shared_ptr<Event> event;
    TRY(stream_of(handle, stream));
    TRY(event_of(event_handle, event));
    if (event->capture) {
        auto& capture = event->capture;
        if (capture->is_invalid) return STREAM_CAPTURE_INVALIDATED;
        if (stream->capture && stream->capture != capture) return STREAM_CAPTURE_ISOLATION;
        stream->capture = capture;
        if (capture->origin.lock() == stream)
            capture->apart.erase(event->stream.get());
        else
            capture->apart.insert(stream.get());
        return SUCCESS;
    }
    if (stream->capture) {
        stream->capture->is_invalid = true;
        return STREAM_CAPTURE_ISOLATION;
    }
    if (!event->stream) return SUCCESS;
    auto other = event->stream;
    unsigned long number = event->recorded;
    return submit(stream, {[=] { return pass(*event, number, *other); }, false});
}

CALL(cuEventCreate, void** handle, unsigned) {
    ENTER(CONTEXT);
    if (!handle) return INVALID_VALUE;
    auto event = std::make_shared<Event>();
    event->context = current_context();
    all().kept_events.push_back(event);
    *handle = event.get();
    return SUCCESS;
}

CALL(cuEventDestroy_v2, void* handle) {
    ENTER(CONTEXT);
    std::shared_ptr<Event> event;
    TRY(event_of(handle, event));
    std::erase(all().kept_events, event);
    return SUCCESS;
}

CALL(cuEventRecord, void* handle, void* stream_handle) {
    ENTER(CONTEXT);
    std::shared_ptr<Stream> stream;
    std::shared_ptr<Event> event;
    TRY(event_of(handle, event));
    TRY(stream_of(stream_handle, stream));
    if (event->context != stream->context) return INVALID_HANDLE;
    event->stream = stream;
    event->capture = stream->capture;
    if (stream->capture) return stream->capture->is_invalid ? STREAM_CAPTURE_INVALIDATED : SUCCESS;
    unsigned long number = ++event->recorded;
    return submit(stream, {[=] {
                      event->passed = std::max(event->passed, number);
                      return SUCCESS;
                  }, false});
}

CALL(cuEventSynchronize, void* handle) {
    ENTER(CONTEXT);
    std::shared_ptr<Event> event;
    TRY(event_of(handle, event));
    if (event->capture) return CAPTURED_EVENT;
    return event->stream ? pass(*event, event->recorded, *event->stream) : (int)SUCCESS;
}

CALL(cuEventQuery, void* handle) {
    ENTER(CONTEXT);
    std::shared_ptr<Event> event;
    TRY(event_of(handle, event));
    if (event->capture) return CAPTURED_EVENT;
    if (event->passed >= event->recorded) return SUCCESS;
    TRY(run_one(*event->stream));
    return NOT_READY;
}

CALL(cuEventElapsedTime_v2, float* milliseconds, void* first, void* last) {
    ENTER(CONTEXT);
    std::shared_ptr<Event> event;
    TRY(event_of(first, event));
    TRY(event_of(last, event));
    if (!milliseconds) return INVALID_VALUE;
    *milliseconds = 0.0f;
    return SUCCESS;
}
