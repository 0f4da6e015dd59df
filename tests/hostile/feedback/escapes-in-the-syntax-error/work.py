"""A line that does not compile is quoted, with all that is in it."""

import trick [2J]0;passed ‮dessap‬ ::error::x ##vso[task.complete result=Succeeded;] <script> {
