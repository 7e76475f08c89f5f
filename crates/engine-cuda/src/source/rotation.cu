// Rotary positions of queries and keys, as kernels::Rotation says: x and y [rows][3][heads][features], rows being
// the tokens of all images. A thread turns features i and i + features / 2 of a head; it copies those of
// values, and of the `first` tokens of an image. `side` is 2π, or -2π to turn back.
KERNEL(rotate, (const T* x, T* y, int heads, int features, int first, int tokens, int height, int width, float side, int rows)) {
    int half = features / 2, quarter = features / 4;
    long len = (long)rows * 3 * heads * half;
    for (long i = first_item(); i < len; i += all_items()) {
        int pair = i % half, head = i / half % (3 * heads);
        long row = i / half / (3 * heads);
        int patch = row % tokens - first;
        long at = (row * 3 * heads + head) * features + pair;
        float a = get(x + at), b = get(x + at + half);
        if (patch >= 0 && head < 2 * heads) {
            int line = patch / width;
            float place = pair < quarter ? (2 * line + 1) / (float)height : (2 * (patch - line * width) + 1) / (float)width;
            // One over the period, 100 to the power of the share of the pairs that lie before.
            float frequency = exp2f(-6.64385619f * (pair % quarter) / quarter);
            float angle = side * (place - 1.0f) * frequency, cos = cosf(angle), sin = sinf(angle);
            float turned = a * cos - b * sin;
            b = b * cos + a * sin;
            a = turned;
        }
        put(y + at, a);
        put(y + at + half, b);
    }
}
