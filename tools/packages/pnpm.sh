#!/bin/sh
# pnpm 12: the one that started this, where there is one; finding it through npx takes two seconds more.
case "$(pnpm --version 2>/dev/null)" in
  12.*) exec pnpm "$@" ;;
  *) exec npx -y pnpm@12 "$@" ;;
esac
