/*
 * What a window of a map folds to, for TILE_N channels at once. The map's elements [lines][taps][TILE_N] that the window sees
 * are `down` and `across` apart. Of a window of known size, wholly within the map, a vector of channels stays in registers while its taps
 * pass; those from `columns` on are not needed.
 * Include after inline.c, vector.c and tile.c; needs <stddef.h>.
 */

/* Whether a value takes the place of the best so far. */
@NAME@_FLATTEN int @name@_pool_wins(@name@_real value, @name@_real best) { return (value > best) | (value != value); }

/* The largest, and the number of the tap that it is under, the first of equals: tap (y, x) has number first + y * width + x.
 * NaN wins. */
@NAME@_INLINE void @name@_pool_maximum(size_t lines, size_t taps, const @name@_real *map, size_t down, size_t across,
                                       size_t first, size_t width, @name@_real *restrict pooled,
                                       @name@_bits *restrict winner) {
  for (size_t c = 0; c < @NAME@_TILE_N; c++) pooled[c] = map[c], winner[c] = (@name@_bits)first;
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const @name@_real *from = map + y * down + x * across;
      const @name@_bits tap = (@name@_bits)(first + y * width + x);
      for (size_t c = 0; c < @NAME@_TILE_N; c++) {
        const @name@_real value = from[c], best = pooled[c];
        const @name@_bits known = winner[c];
        const int wins = @name@_pool_wins(value, best);
        pooled[c] = wins ? value : best;
        winner[c] = wins ? tap : known;
      }
    }
}

/* The same for a whole window, whose first tap has number 0. */
@NAME@_FLATTEN void @name@_pool_maximum_whole(size_t columns, const int lines, const int taps, const @name@_real *map,
                                              size_t down, size_t across, @name@_real *restrict pooled, @name@_bits *restrict winner) {
  for (size_t v = 0; v < columns; v += @NAME@_LANES) {
    @NAME@_ROLLED for (size_t c = v; c < v + @NAME@_LANES; c++) {
      @name@_real best = map[c];
      @name@_bits known = 0;
      @NAME@_UNROLL for (int y = 0; y < lines; y++)
        @NAME@_UNROLL for (int x = 0; x < taps; x++) {
          const @name@_real value = map[(size_t)y * down + (size_t)x * across + c];
          const int wins = @name@_pool_wins(value, best);
          best = wins ? value : best;
          known = wins ? y * taps + x : known;
        }
      pooled[c] = best;
      winner[c] = known;
    }
  }
}

/* The largest alone. */
@NAME@_INLINE void @name@_pool_largest(size_t lines, size_t taps, const @name@_real *map, size_t down, size_t across,
                                       @name@_real *restrict pooled) {
  for (size_t c = 0; c < @NAME@_TILE_N; c++) pooled[c] = map[c];
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const @name@_real *from = map + y * down + x * across;
      for (size_t c = 0; c < @NAME@_TILE_N; c++) {
        const @name@_real value = from[c], best = pooled[c];
        pooled[c] = @name@_pool_wins(value, best) ? value : best;
      }
    }
}

/* The same for a whole window. */
@NAME@_FLATTEN void @name@_pool_largest_whole(size_t columns, const int lines, const int taps, const @name@_real *map,
                                              size_t down, size_t across, @name@_real *restrict pooled) {
  for (size_t v = 0; v < columns; v += @NAME@_LANES) {
    @NAME@_ROLLED for (size_t c = v; c < v + @NAME@_LANES; c++) {
      @name@_real best = map[c];
      @NAME@_UNROLL for (int y = 0; y < lines; y++)
        @NAME@_UNROLL for (int x = 0; x < taps; x++) {
          const @name@_real value = map[(size_t)y * down + (size_t)x * across + c];
          best = @name@_pool_wins(value, best) ? value : best;
        }
      pooled[c] = best;
    }
  }
}

/* The mean. */
@NAME@_INLINE void @name@_pool_mean(size_t lines, size_t taps, const @name@_real *map, size_t down, size_t across,
                                    @name@_real *pooled) {
  for (size_t c = 0; c < @NAME@_TILE_N; c++) pooled[c] = 0;
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++)
      for (size_t c = 0; c < @NAME@_TILE_N; c++) pooled[c] += map[y * down + x * across + c];
  for (size_t c = 0; c < @NAME@_TILE_N; c++) pooled[c] /= (@name@_real)(lines * taps);
}
