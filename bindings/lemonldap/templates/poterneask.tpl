<TMPL_INCLUDE NAME="poternehead.tpl">
<p><TMPL_VAR NAME="TEXT" ESCAPE=HTML></p>
<form action="/poterne" method="post">
<input type="hidden" name="form" value="<TMPL_VAR NAME="FORM" ESCAPE=HTML>">
<TMPL_INCLUDE NAME="poternedevices.tpl">
<div class="form-group">
<label for="poterne-code"><TMPL_VAR NAME="poterne_replace_code" ESCAPE=HTML></label>
<input type="text" id="poterne-code" name="code" class="form-control" autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="64" required <TMPL_IF NAME="ERROR">aria-invalid="true"</TMPL_IF> autofocus>
</div>
<button type="submit" id="poterne-submit" class="btn btn-primary"><TMPL_VAR NAME="SUBMIT" ESCAPE=HTML></button>
</form>
<p><a href="<TMPL_VAR NAME="BACK" ESCAPE=HTML>"><TMPL_VAR NAME="poterne_account_back" ESCAPE=HTML></a></p>
<TMPL_INCLUDE NAME="poternefoot.tpl">
