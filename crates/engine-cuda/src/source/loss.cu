// Losses in nats and their gradients, in one block. A loss is a NaN where a logit is one.

// The sum over all threads of the block, for the first of them.
DEVICE float add_block(float value) {
    __shared__ float shared[THREADS];
    int thread = threadIdx.x;
    shared[thread] = value;
    __syncthreads();
    for (int half = THREADS / 2; half > 0; half /= 2) {
        if (thread < half) shared[thread] += shared[thread + half];
        __syncthreads();
    }
    return shared[0];
}

// −Σ targets · log softmax(logits), a warp for every image.
KERNEL(cross_entropy, (const float* logits, const float* targets, float* loss, float* dlogits, float weight, int images, int classes)) {
    int lane = threadIdx.x % 32;
    float found = 0.0f;
    for (int image = (int)threadIdx.x / 32; image < images; image += THREADS / 32) {
        long at = (long)image * classes;
        float top = of_bits(0xff800000u), total = 0.0f, share = 0.0f;
        for (int c = lane; c < classes; c += 32) top = fmaxf(top, logits[at + c]);
        for (int away = 16; away > 0; away /= 2) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, away));
        for (int c = lane; c < classes; c += 32) {
            total += expf(logits[at + c] - top);
            share += targets[at + c];
        }
        total = add_pixel(total, 32);
        share = add_pixel(share, 32);
        float log_total = logf(total);
        for (int c = lane; c < classes; c += 32) {
            float logit = logits[at + c], target = targets[at + c];
            float log = logit - top - log_total;
            // A class that does not count may be impossible.
            if (target != 0.0f) found = fmaf(-target, log, found);
            if (logit != logit) found = logit;
            dlogits[at + c] = weight * fmaf(share, expf(log), -target);
        }
    }
    found = add_block(found);
    if (threadIdx.x == 0) *loss = found;
}

// −Σ (present · ln σ(logits) + absent · ln σ(−logits)), targets being present, then absent.
KERNEL(binary_cross_entropy, (const float* logits, const float* targets, float* loss, float* dlogits, float weight, int len)) {
    float found = 0.0f;
    for (int i = threadIdx.x; i < len; i += THREADS) {
        float logit = logits[i], present = targets[i], absent = targets[len + i];
        // −ln σ(x) = max(−x, 0) + ln(1 + e^−|x|), which never overflows.
        float small = expf(-fabsf(logit)), tail = log1pf(small);
        found = fmaf(present, fmaxf(-logit, 0.0f) + tail, found);
        found = fmaf(absent, fmaxf(logit, 0.0f) + tail, found);
        float under = small / (1.0f + small), over = 1.0f / (1.0f + small);
        dlogits[i] = weight * (absent * (logit >= 0.0f ? over : under) - present * (logit >= 0.0f ? under : over));
    }
    found = add_block(found);
    if (threadIdx.x == 0) *loss = found;
}
