from .lesson import Lesson as Lesson
from .registry import LESSONS as LESSONS
from .registry import find_lesson as find_lesson
