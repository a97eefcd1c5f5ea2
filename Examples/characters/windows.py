"""Cuts the GNU General Public License, as every Debian machine has it, into windows of 64 characters and the ones that follow.

Writes characters.npz: x and y, [windows, 64] of character numbers. Needs NumPy.
"""

import numpy

text = numpy.frombuffer(open("/usr/share/common-licenses/GPL-3", "rb").read(), dtype=numpy.uint8)
count = (len(text) - 1) // 64
x, y = text[: count * 64].reshape(count, 64), text[1 : count * 64 + 1].reshape(count, 64)
numpy.savez("characters.npz", x=x, y=y)
