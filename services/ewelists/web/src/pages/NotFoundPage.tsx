import SearchOffIcon from "@mui/icons-material/SearchOff";
import Button from "@mui/material/Button";
import { Link } from "react-router";
import { Empty } from "../components/States";

export function NotFoundPage() {
  return (
    <Empty icon={<SearchOffIcon />} title="There is no such page">
      <Button component={Link} to="/" variant="contained">
        To my lists
      </Button>
    </Empty>
  );
}
