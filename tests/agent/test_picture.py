from PIL import Image

from agent.picture import Box, Layer, finished, masked, perceptual_hash, shown_area
from wire.codes import ScreenshotFlag
from wire.objects import object_digest
from wire.policy import Screenshots

SCREEN = Box(0, 0, 800, 600)
WHITE = (255, 255, 255)
BLACK = (0, 0, 0)


def test_only_task_windows_are_shown_and_what_lies_above_them_is_not() -> None:
    layers = [
        Layer(Box(0, 0, 800, 600), shown=False),
        Layer(Box(100, 100, 300, 300), shown=True),
        Layer(Box(200, 200, 400, 400), shown=False),
    ]
    area = shown_area(layers, SCREEN)
    assert area == Box(100, 100, 300, 300)
    picture = masked(Image.new("RGB", (200, 200), WHITE), area, layers)
    assert picture.getpixel((0, 0)) == WHITE
    assert picture.getpixel((99, 99)) == WHITE
    assert picture.getpixel((100, 100)) == BLACK
    assert picture.getpixel((199, 199)) == BLACK
    assert picture.getpixel((199, 99)) == WHITE


def test_windows_off_the_screen_show_nothing() -> None:
    assert shown_area([Layer(Box(900, 0, 1000, 10), shown=True)], SCREEN) is None
    assert shown_area([Layer(Box(0, 0, 10, 10), shown=False)], SCREEN) is None


def test_a_picture_is_scaled_named_and_never_enlarged() -> None:
    image = Image.effect_noise((640, 480), 60).convert("RGB")
    picture = finished(image, Screenshots(height_px=240), ScreenshotFlag.MASKED)
    assert (picture.width_px, picture.height_px) == (320, 240)
    assert picture.digest == object_digest(picture.data)
    assert picture.flags == ScreenshotFlag.MASKED
    same = finished(image, Screenshots(height_px=720), ScreenshotFlag(0))
    assert same.height_px == 480


def test_a_uniform_frame_is_called_black() -> None:
    picture = finished(Image.new("RGB", (64, 64)), Screenshots(), ScreenshotFlag(0))
    assert picture.flags == ScreenshotFlag.BLACK


def test_pixelating_removes_what_is_small() -> None:
    stripes = Image.new("RGB", (120, 120))
    for x in range(0, 120, 2):
        stripes.paste(WHITE, (x, 0, x + 1, 120))
    picture = finished(stripes, Screenshots(pixelate=True), ScreenshotFlag(0))
    assert picture.flags & ScreenshotFlag.PIXELATED


def test_the_perceptual_hash_is_stable_against_scaling_and_tells_pictures_apart() -> None:
    image = Image.linear_gradient("L").convert("RGB").rotate(90)
    other = Image.linear_gradient("L").convert("RGB").rotate(270)
    near = perceptual_hash(image) ^ perceptual_hash(image.resize((200, 200)))
    far = perceptual_hash(image) ^ perceptual_hash(other)
    assert near.bit_count() <= 6
    assert far.bit_count() > 30
